import { CloseButton } from '@mantine/core';
import { type ReactNode, useEffect, useRef } from 'react';
import styles from './SideSheet.module.css';

interface SideSheetProps {
  readonly title: string;
  readonly close: () => void;
  readonly children: ReactNode;
}

/** Something to read beside the page. The browser's own dialog: it keeps the focus, and Escape or a press beside it closes it. */
export function SideSheet({ title, close, children }: SideSheetProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const shown = dialog.current;
    const before = document.activeElement;
    shown?.showModal();
    return () => {
      shown?.close();
      // Back to what opened it; a sheet that the address opened has nothing to go back to.
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape closes a dialog by itself
    <dialog
      ref={dialog}
      className={styles.sheet}
      aria-label={title}
      onCancel={(event) => {
        event.preventDefault();
        close();
      }}
      onClick={(event) => event.target === dialog.current && close()}
    >
      <div className={styles.inside}>
        <div className={styles.head}>
          <h2>{title}</h2>
          <CloseButton aria-label="Close" onClick={close} />
        </div>
        {children}
      </div>
    </dialog>
  );
}
