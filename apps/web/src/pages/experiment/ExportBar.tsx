import { useState } from 'react';
import styles from './ExportBar.module.css';
import { type ExportKind, exportFile, exportKinds, type TextKind } from './exports.ts';

interface ExportBarProps {
  /** What files are named after. */
  readonly title: string;
  readonly textOf: (kind: TextKind) => string;
}

/** The chart and what is behind it as files, for a paper. */
export function ExportBar({ title, textOf }: ExportBarProps) {
  const [trouble, setTrouble] = useState<string>();
  const save = async (kind: ExportKind) => {
    try {
      const { name, blob } = await exportFile(kind, title, textOf);
      download(name, blob);
      setTrouble(undefined);
    } catch (error) {
      setTrouble(`The file could not be made. ${error instanceof Error ? error.message : ''}`);
    }
  };
  return (
    <div className={styles.bar}>
      <span>Save</span>
      {exportKinds.map(({ kind, label, says }) => (
        <button
          key={kind}
          type="button"
          title={says}
          aria-label={`Save ${says}`}
          onClick={() => void save(kind)}
        >
          {label}
        </button>
      ))}
      {trouble && <span role="alert">{trouble}</span>}
    </div>
  );
}

function download(name: string, blob: Blob): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser reads it after this turn of the event loop.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
