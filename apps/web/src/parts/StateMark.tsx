import type { ExperimentState, RunState } from '@litmatter/protocol';
import {
  IconAlertCircleFilled,
  IconCircleCheckFilled,
  IconCircleDashed,
  IconCircleMinus,
  IconLoader2,
  IconPlugConnectedX,
} from '@tabler/icons-react';
import styles from './StateMark.module.css';

export type ShownState = RunState | ExperimentState | 'lost';

/** Every state as a shape, a colour and a word: never a colour alone. */
const marks = {
  queued: { icon: IconCircleDashed, word: 'Queued' },
  starting: { icon: IconLoader2, word: 'Starting' },
  running: { icon: IconLoader2, word: 'Running' },
  succeeded: { icon: IconCircleCheckFilled, word: 'Succeeded' },
  failed: { icon: IconAlertCircleFilled, word: 'Failed' },
  cancelled: { icon: IconCircleMinus, word: 'Cancelled' },
  lost: { icon: IconPlugConnectedX, word: 'Lost contact' },
} as const;

export function stateWord(state: ShownState): string {
  return marks[state].word;
}

/** @param bare - the shape alone, its word for screen readers */
export function StateMark({ state, bare }: { readonly state: ShownState; readonly bare?: boolean }) {
  const { icon: Icon, word } = marks[state];
  return (
    <span
      className={styles.mark}
      data-state={state}
      {...(bare && { role: 'img', 'aria-label': word, title: word })}
    >
      <Icon size={16} stroke={1.8} aria-hidden />
      {!bare && word}
    </span>
  );
}
