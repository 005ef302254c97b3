import styles from './Meter.module.css';

interface MeterProps {
  /** What is measured, for screen readers. */
  readonly label: string;
  readonly done: number;
  readonly of: number;
  readonly tone?: 'accent' | 'bad' | 'quiet';
}

/** A thin bar of progress. */
export function Meter({ label, done, of, tone = 'accent' }: MeterProps) {
  const share = of > 0 ? Math.min(1, done / of) : 0;
  return (
    <div
      className={styles.track}
      data-tone={tone}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={of}
      aria-valuenow={done}
    >
      <div className={styles.fill} style={{ width: `${100 * share}%` }} />
    </div>
  );
}
