import type { ExperimentSpec } from '@litmatter/protocol';
import { Button } from '@mantine/core';
import { IconCheck, IconCopy, IconFileText, IconFlask, IconPlayerPlay } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { call } from '../../state/api.ts';
import { copyText } from '../../state/clipboard.ts';
import { counted } from '../../words/format.ts';
import styles from './Design.module.css';
import { type FieldInfo, fieldKeys, fields } from './fields.ts';
import { showField } from './PlanPane.tsx';
import { ScriptsSheet } from './Scripts.tsx';
import type { DesignSearch } from './search.ts';
import type { Designing } from './useDesign.ts';

/** Launch, or take the spec elsewhere. With something wrong, the buttons lead to it. */
export function Launch({ design }: { readonly design: Designing }) {
  const { spec, errors, plan, draft, change } = design;
  const scripts = plan?.scripts;
  const navigate = useNavigate();
  const search = getRouteApi('/design').useSearch();
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
      <Button
        size="sm"
        variant="default"
        leftSection={<IconFlask size={15} />}
        onClick={act(() => void navigate({ to: '/prototype', search: prototypeOf(search) }))}
      >
        Try in browser
      </Button>
      <div className={styles.copies}>
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
        {scripts !== undefined && (
          <Button
            variant="default"
            leftSection={<IconFileText size={14} />}
            onClick={act((body) => change({ script: String(Math.max(...body.devices)) }))}
          >
            sbatch script
          </Button>
        )}
      </div>
      {scripts !== undefined && draft.script !== undefined && (
        <ScriptsSheet
          scripts={scripts}
          shown={draft.script}
          shared={spec?.launcher.runsAs === 'steps'}
          change={(script) => change({ script })}
        />
      )}
      {launch.error && (
        <p className={styles.error} role="alert">
          {launch.error.message}
        </p>
      )}
    </div>
  );
}

/** What the Prototype page is opened with: the first model, and what of the rest a browser can do with. */
function prototypeOf(search: DesignSearch): DesignSearch {
  const kept = fieldKeys.filter(
    (key) => key !== 'backend' && (fields[key] as FieldInfo).launcher === undefined,
  );
  return {
    ...Object.fromEntries(kept.map((key) => [key, search[key]])),
    model: search.model?.slice(0, 1),
    data: search.data,
  };
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
      variant="default"
      leftSection={state === 'copied' ? <IconCheck size={14} /> : <IconCopy size={14} />}
      onClick={act((spec) => void copy(spec))}
    >
      <span role="status">
        {state === 'copied' ? 'Copied' : state === 'refused' ? 'The browser refused' : label}
      </span>
    </Button>
  );
}
