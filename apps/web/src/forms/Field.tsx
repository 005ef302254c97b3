import type { ReactNode } from 'react';
import styles from './Field.module.css';
import { Help } from './Help.tsx';

/** What a control needs to be tied to its label, help and error. */
export interface ControlProps {
  readonly id: string;
  readonly 'aria-describedby': string | undefined;
  readonly 'aria-invalid': boolean | undefined;
}

interface FieldProps {
  /** The field's place in the spec: what an error names and a link jumps to. */
  readonly path: string;
  readonly label: string;
  readonly help?: string | undefined;
  readonly unit?: string | undefined;
  readonly error?: string | undefined;
  readonly className?: string | undefined;
  readonly children: (control: ControlProps) => ReactNode;
}

export function fieldId(path: string): string {
  return `field-${path.replaceAll('.', '-')}`;
}

/** A label, a control and, where it is wrong, the sentence that says so. */
export function Field({ path, label, help, unit, error, className, children }: FieldProps) {
  const id = fieldId(path);
  const describedBy = [help && `${id}-help`, error && `${id}-error`].filter(Boolean).join(' ') || undefined;
  return (
    <div className={`${styles.field} ${className ?? ''}`} data-invalid={error ? true : undefined}>
      <span className={styles.head}>
        <label htmlFor={id}>{label}</label>
        {unit && <span className={styles.unit}>{unit}</span>}
        {help && <Help id={`${id}-help`} about={label} text={help} />}
      </span>
      {children({ id, 'aria-describedby': describedBy, 'aria-invalid': error ? true : undefined })}
      {error && (
        <span id={`${id}-error`} className={styles.error} role="alert">
          {label} {error}.
        </span>
      )}
    </div>
  );
}
