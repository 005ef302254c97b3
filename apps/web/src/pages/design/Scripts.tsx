import type { Plan } from '@litmatter/protocol';
import { Button } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useState } from 'react';
import chips from '../../forms/Field.module.css';
import { Scrolled } from '../../parts/Scrolled.tsx';
import { SideSheet } from '../../parts/SideSheet.tsx';
import { Tabs } from '../../parts/Tabs.tsx';
import { copyText } from '../../state/clipboard.ts';
import { counted } from '../../words/format.ts';
import styles from './Design.module.css';

type Script = NonNullable<Plan['scripts']>[number];

interface ScriptsSheetProps {
  readonly scripts: readonly Script[];
  /** As in the address: so many devices. */
  readonly shown: string;
  /** The runs share one allocation. */
  readonly shared: boolean;
  readonly change: (shown: string | undefined) => void;
}

const kinds = [
  { value: 'text', label: 'What Launch hands in' },
  { value: 'standalone', label: 'To hand in yourself' },
] as const;

/** The batch scripts of the design, word for word, before anything is sent. */
export function ScriptsSheet({ scripts, shown, shared, change }: ScriptsSheetProps) {
  const [kind, setKind] = useState<(typeof kinds)[number]['value']>('text');
  const script = scripts.find(({ devices }) => String(devices) === shown) ?? scripts[0];
  if (script === undefined) return null;
  return (
    <SideSheet title="Batch scripts" close={() => change(undefined)}>
      <div className={styles.scripts}>
        {scripts.length > 1 && (
          <fieldset className={chips.chips} aria-label="Devices">
            {scripts.map(({ devices }) => (
              <button
                key={devices}
                type="button"
                className={chips.chip}
                aria-pressed={devices === script.devices}
                onClick={() => change(String(devices))}
              >
                {counted(devices, 'device')}
              </button>
            ))}
          </fieldset>
        )}
        <Tabs label="Which script" tabs={kinds} value={kind} change={setKind} controls="batch-script" />
        <p className={styles.about}>{explained(kind, script, shared)}</p>
        <div id="batch-script" role="tabpanel" aria-label="Batch script">
          <Scrolled label="The script" className={styles.script}>
            <pre>{script[kind]}</pre>
          </Scrolled>
        </div>
        <CopyScript text={script[kind]} />
      </div>
    </SideSheet>
  );
}

function explained(kind: 'text' | 'standalone', { devices }: Script, shared: boolean): string {
  if (kind === 'standalone')
    return `Save it as job.sh on the cluster and call “sbatch job.sh”: it holds the whole spec${
      shared ? '' : ` for ${counted(devices, 'device')}`
    } and needs no hub. The log litmatter-JOB.log and the folder litmatter-JOB with the result are left where it is called.`;
  return shared
    ? `The hub hands this in once; its runs, up to ${counted(devices, 'device')}, take turns in it. The experiment’s id stands in the place of “experiment” then.`
    : `The hub hands this in for each run on ${counted(devices, 'device')}; after a fault the run goes on in the same job while that is large enough. The experiment’s id stands in the place of “experiment” then.`;
}

function CopyScript({ text }: { readonly text: string }) {
  const [state, setState] = useState<'idle' | 'copied' | 'refused'>('idle');
  const copy = async () => {
    setState((await copyText(text)) ? 'copied' : 'refused');
    setTimeout(() => setState('idle'), 2_000);
  };
  return (
    <Button
      size="sm"
      variant="default"
      className={styles.add}
      leftSection={state === 'copied' ? <IconCheck size={15} /> : <IconCopy size={15} />}
      onClick={() => void copy()}
    >
      <span role="status">
        {state === 'copied'
          ? 'Copied'
          : state === 'refused'
            ? 'The browser refused: select it by hand'
            : 'Copy sbatch script'}
      </span>
    </Button>
  );
}
