import { Panel } from '../../parts/Panel.tsx';
import styles from './Design.module.css';
import { PlainField } from './PlainField.tsx';
import type { Designing } from './useDesign.ts';

/** Epochs, batch, optimiser, repeats. */
export function How({ design }: { readonly design: Designing }) {
  const plateau = design.draft.texts.schedule === 'plateau';
  return (
    <Panel title="How">
      <div className={styles.grid4}>
        <PlainField design={design} name="epochs" />
        <PlainField design={design} name="batch" />
        <PlainField design={design} name="rate" />
        <PlainField design={design} name="repeats" />
      </div>
      <details className={styles.more}>
        <summary>
          Loss, schedule, seed{' '}
          <span>
            {design.draft.texts.loss === 'l1' ? 'absolute error' : 'squared error'},{' '}
            {plateau ? 'reduce on plateau' : 'constant rate'}, seed {design.draft.texts.seed}
          </span>
        </summary>
        <div className={styles.grid4}>
          <PlainField design={design} name="loss" />
          <PlainField design={design} name="seed" />
          <PlainField design={design} name="normalise" />
          <PlainField design={design} name="schedule" />
          {plateau && (
            <>
              <PlainField design={design} name="factor" />
              <PlainField design={design} name="patience" />
              <PlainField design={design} name="floor" />
            </>
          )}
        </div>
      </details>
    </Panel>
  );
}
