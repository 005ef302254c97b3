import { Button } from '@mantine/core';
import type { Job } from '../../prototype/messages.ts';
import { prototype } from '../../prototype/start.ts';
import styles from './Prototype.module.css';
import type { Prototyping } from './usePrototype.ts';

/** What went wrong, and the way on. */
export function TroubleNote({ page }: { readonly page: Prototyping }) {
  const { view, job, change } = page;
  const { trouble, from, phase } = view;
  if (!trouble) return null;
  const batch = job?.training.batchPerDevice ?? 1;
  const half = Math.floor(batch / 2);
  const smaller: Job | undefined =
    trouble.kind === 'memory' && job && half >= 1
      ? { ...job, training: { ...job.training, batchPerDevice: half } }
      : undefined;
  const next = smaller ?? job;
  return (
    <div className={styles.trouble} role="alert">
      <p>{trouble.message}</p>
      {phase === 'broken' && (
        <div className={styles.troubleButtons}>
          {from && next && (
            <Button
              onClick={() => {
                prototype.goOn(next);
                if (smaller) change({ batch: String(half) });
              }}
            >
              {smaller ? `Go on with a batch of ${half}` : 'Go on from the last step'}
            </Button>
          )}
          <Button variant="default" onClick={() => prototype.reset()}>
            Reset
          </Button>
        </div>
      )}
    </div>
  );
}
