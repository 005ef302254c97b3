import { IconAlertTriangle, IconCircleCheck } from '@tabler/icons-react';
import { counted, significant } from '../../words/format.ts';
import styles from './Prototype.module.css';
import type { Prototyping } from './usePrototype.ts';

/** Float32 on two backends comes to this, of the target's standard deviation. */
const expected = 1e-4;

/** How far the hub's predictions of a batch are from this browser's, with the same weights. */
export function ParityNote({ page: { view } }: { readonly page: Prototyping }) {
  const { parity, ready } = view;
  if (!parity || !ready) return null;
  const { molecules, largest, relative, at, here, there } = parity;
  const apart = !(relative <= expected);
  const Icon = apart ? IconAlertTriangle : IconCircleCheck;
  const { unit } = ready.target;
  return (
    <section className={styles.parity} data-apart={apart || undefined} aria-label="Parity with the hub">
      <Icon size={17} aria-hidden />
      <p role="status">
        {apart ? 'The hub predicts otherwise. ' : 'The hub predicts the same. '}
        Of {counted(molecules, 'molecule')} the largest difference is{' '}
        <b>
          {significant(largest, 2)} {unit}
        </b>
        {at && ` (${at})`}, {significant(relative, 2)} of the target’s standard deviation; at most{' '}
        {significant(expected)} is expected of float32. Here {here}; there {there}.
        {apart && ' Is the hub of another version than this page? Reload the page and try it again.'}
      </p>
    </section>
  );
}
