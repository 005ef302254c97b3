import type { ExperimentSummary } from '@litmatter/protocol';
import { Button, CloseButton } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { counted } from '../../words/format.ts';
import { archive } from './changes.ts';
import styles from './Experiments.module.css';

/** What can be done with the ticked experiments. */
export function PickedBar({ picked, clear }: { picked: readonly ExperimentSummary[]; clear: () => void }) {
  const [first, ...others] = picked;
  if (!first) return null;
  const allArchived = picked.every((one) => one.archived);
  return (
    <section className={styles.picked} aria-label="Selected experiments">
      <span role="status">{counted(picked.length, 'experiment')} selected</span>
      {others.length > 0 ? (
        <Button
          component={Link}
          to="/experiments/$id"
          params={{ id: first.id } as never}
          search={{ with: others.map((one) => one.id).join(',') } as never}
        >
          Compare on one chart
        </Button>
      ) : (
        <span className={styles.hint}>Select another to compare</span>
      )}
      <Button
        variant="default"
        onClick={() =>
          void archive(
            picked.map((one) => one.id),
            !allArchived,
          ).then(clear)
        }
      >
        {allArchived ? 'Bring back' : 'Archive'}
      </Button>
      <CloseButton aria-label="Clear the selection" onClick={clear} />
    </section>
  );
}
