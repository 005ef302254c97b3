import type { ExperimentSpec } from '@litmatter/protocol';
import { Button } from '@mantine/core';
import { IconCheck, IconCopy, IconPlayerPlay } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { call } from '../../state/api.ts';
import { copyText } from '../../state/clipboard.ts';
import { counted } from '../../words/format.ts';
import styles from './Design.module.css';
import { showField } from './PlanPane.tsx';
import type { Designing } from './useDesign.ts';

/** Launch, or take the spec elsewhere. With something wrong, the buttons lead to it. */
export function Launch({ design }: { readonly design: Designing }) {
  const { spec, errors, plan } = design;
  const navigate = useNavigate();
  const launch = useMutation({
    mutationFn: (body: ExperimentSpec) => call('createExperiment', { body }),
    onSuccess: ({ id }) => navigate({ to: '/experiments/$id', params: { id } }),
  });
  const first = Object.keys(errors)[0];
  const act = (work: (spec: ExperimentSpec) => void) => () =>
    spec && !first ? work(spec) : first && showField(first);
  return (
    <div className={styles.launch}>
      <Button
        size="sm"
        leftSection={<IconPlayerPlay size={15} />}
        loading={launch.isPending}
        onClick={act((body) => launch.mutate(body))}
      >
        Launch{plan && spec ? ` ${counted(plan.runs, 'run')}` : ''}
      </Button>
      <CopyButton
        label="Copy as YAML"
        text={async (it) => (await import('./spec-text.ts')).asYaml(it)}
        act={act}
      />
      <CopyButton
        label="Copy as command"
        text={async (it) => (await import('./spec-text.ts')).asCommand(it)}
        act={act}
      />
      {launch.error && (
        <p className={styles.error} role="alert">
          {launch.error.message}
        </p>
      )}
    </div>
  );
}

interface CopyButtonProps {
  readonly label: string;
  readonly text: (spec: ExperimentSpec) => Promise<string>;
  readonly act: (work: (spec: ExperimentSpec) => void) => () => void;
}

function CopyButton({ label, text, act }: CopyButtonProps) {
  const [state, setState] = useState<'idle' | 'copied' | 'refused'>('idle');
  const copy = async (spec: ExperimentSpec) => {
    setState((await copyText(await text(spec))) ? 'copied' : 'refused');
    setTimeout(() => setState('idle'), 2_000);
  };
  return (
    <Button
      size="sm"
      variant="default"
      leftSection={state === 'copied' ? <IconCheck size={15} /> : <IconCopy size={15} />}
      onClick={act((spec) => void copy(spec))}
    >
      <span role="status">
        {state === 'copied' ? 'Copied' : state === 'refused' ? 'The browser refused' : label}
      </span>
    </Button>
  );
}
