import { maxDevices } from '@litmatter/protocol';
import styles from './Field.module.css';
import { Field } from './Field.tsx';
import { TextControl } from './TextControl.tsx';

interface DeviceCountsProps {
  /** As typed: "1, 2, 4". */
  readonly text: string;
  readonly counts: readonly (number | string)[];
  /** Devices that can work at once without sharing; null where not known. */
  readonly atOnce: number | null;
  readonly error: string | undefined;
  readonly change: (text: string) => void;
}

const powers = [1, 2, 4, 8, 16, 32, 64, 128, 256] as const;

/** The device counts of an experiment: powers of two by a press, any others by typing. */
export function DeviceCounts({ text, counts, atOnce, error, change }: DeviceCountsProps) {
  const toggle = (count: number) => {
    const next = counts.includes(count) ? counts.filter((one) => one !== count) : [...counts, count];
    change(sorted(next).join(', '));
  };
  const over = atOnce === null ? [] : counts.filter((one) => typeof one === 'number' && one > atOnce);
  const largest = atOnce === null ? 256 : Math.max(64, 4 * atOnce);
  return (
    <Field
      path="devices"
      label="Device counts"
      error={error}
      help={`One run of each model at each count. Whole numbers up to ${maxDevices}; from three counts on a law is fitted.`}
    >
      {(control) => (
        <>
          <fieldset className={styles.chips} aria-label="Powers of two">
            {powers
              .filter((count) => count <= largest)
              .map((count) => (
                <button
                  key={count}
                  type="button"
                  className={styles.chip}
                  aria-pressed={counts.includes(count)}
                  data-over={(atOnce !== null && count > atOnce) || undefined}
                  onClick={() => toggle(count)}
                >
                  {count}
                </button>
              ))}
          </fieldset>
          <TextControl control={control} value={text} placeholder="1, 2, 4" change={change} />
          {over.length > 0 && (
            <span className={styles.note}>
              {over.join(', ')}: more than the {atOnce} here, so ranks share and their times do not show
              scaling. They are drawn hollow.
            </span>
          )}
        </>
      )}
    </Field>
  );
}

/** Numbers ascending; what is not a number keeps its place at the end. */
function sorted(counts: readonly (number | string)[]): (number | string)[] {
  return [...counts].sort((a, b) =>
    typeof a === 'number' && typeof b === 'number' ? a - b : typeof a === 'number' ? -1 : 1,
  );
}
