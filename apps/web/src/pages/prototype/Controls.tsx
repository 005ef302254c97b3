import { Button, VisuallyHidden } from '@mantine/core';
import { IconPlayerPause, IconPlayerPlay, IconPlayerTrackNext, IconRotate } from '@tabler/icons-react';
import { ChoiceControl } from '../../forms/ChoiceControl.tsx';
import { Meter } from '../../parts/Meter.tsx';
import { prototype } from '../../prototype/start.ts';
import { integer } from '../../words/format.ts';
import styles from './Prototype.module.css';
import type { Prototyping } from './usePrototype.ts';

const speeds = [
  { value: 'full', label: 'Full speed' },
  { value: '10', label: '10 steps a second' },
  { value: '2', label: '2 steps a second' },
] as const;

/** Start, pause, one step, reset, and how fast. */
export function Controls({ page }: { readonly page: Prototyping }) {
  const { view, job, search, change } = page;
  const { phase, pace, ready } = view;
  const busy = phase === 'preparing';
  const going = phase === 'running' || phase === 'hidden';
  const stuck = !job || busy || phase === 'broken';
  return (
    <div className={styles.controls} role="toolbar" aria-label="Training">
      {going ? (
        <Button size="sm" leftSection={<IconPlayerPause size={16} />} onClick={() => prototype.pause()}>
          Pause
        </Button>
      ) : (
        <Button
          size="sm"
          leftSection={<IconPlayerPlay size={16} />}
          disabled={!job || phase === 'broken'}
          loading={busy}
          onClick={() => job && prototype.run(job)}
        >
          {pace && pace.taken > 0 ? 'Go on' : 'Start'}
        </Button>
      )}
      <Button
        size="sm"
        variant="default"
        leftSection={<IconPlayerTrackNext size={16} />}
        disabled={stuck || going}
        onClick={() => job && prototype.step(job)}
      >
        Step
      </Button>
      <Button
        size="sm"
        variant="default"
        leftSection={<IconRotate size={16} />}
        disabled={!ready && phase !== 'broken' && !busy}
        onClick={() => prototype.reset()}
      >
        {busy ? 'Cancel' : 'Reset'}
      </Button>
      <span className={styles.speed}>
        <label htmlFor="prototype-speed">
          <VisuallyHidden>Speed</VisuallyHidden>
        </label>
        <ChoiceControl
          control={{ id: 'prototype-speed', 'aria-describedby': undefined, 'aria-invalid': undefined }}
          value={search.speed ?? 'full'}
          choices={speeds}
          change={(speed) => change({ speed: speed === 'full' ? undefined : (speed as '10' | '2') })}
        />
      </span>
      <p className={styles.where} role="status">
        {phaseWords(page)}
      </p>
      {view.doing?.done != null && (
        <div className={styles.progress}>
          <Meter label={view.doing.words} done={Math.round(100 * view.doing.done)} of={100} />
        </div>
      )}
      {pace && ready && (
        <p className={styles.count}>
          <span>
            epoch <b>{integer(pace.epoch)}</b>
          </span>
          <span>
            step <b>{pace.step || (pace.epoch > 0 ? ready.stepsPerEpoch : 0)}</b> of {ready.stepsPerEpoch}
          </span>
        </p>
      )}
    </div>
  );
}

function phaseWords({ view }: Prototyping): string {
  switch (view.phase) {
    case 'preparing':
      return `${view.doing?.words ?? 'Preparing'} …`;
    case 'running':
      return view.doing ? `${view.doing.words} …` : '';
    case 'paused':
      return view.doing ? `${view.doing.words} …` : (view.said ?? 'Paused');
    case 'hidden':
      return 'Paused while this tab is hidden';
    case 'broken':
      return 'Stopped';
    default:
      return '';
  }
}
