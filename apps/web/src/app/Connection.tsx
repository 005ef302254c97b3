import { VisuallyHidden } from '@mantine/core';
import { useEffect } from 'react';
import { lastHeard, link, openSocket } from '../state/socket.ts';
import { useStore } from '../state/store.ts';
import { span } from '../words/format.ts';
import styles from './Connection.module.css';
import { useTicks } from './useTicks.ts';

/** Silence longer than this, in seconds, is worth telling: the hub pings every 25. */
const silence = 40;

/** Milliseconds. */
const afterFirstLoad = 1_500;

/** Whether what is shown is live, and if not, how old it is. Every page before a hub has it, those too that only ask. */
export function Connection() {
  const { status } = useStore(link);
  useEffect(() => {
    // A page that lives from the socket has opened it by then; the code of it is no part of any other's first load.
    const timer = setTimeout(() => void openSocket(), afterFirstLoad);
    return () => clearTimeout(timer);
  }, []);
  useTicks(status === 'open' ? 5_000 : 1_000, status !== 'idle');
  if (status === 'idle') return null;
  const heardAt = lastHeard();
  const age = heardAt === null ? null : Math.max(0, (Date.now() - heardAt) / 1_000);
  const live = status === 'open' && (age === null || age < silence);
  const words = live
    ? 'Live'
    : age === null
      ? status === 'lost'
        ? 'No connection, trying again'
        : 'Connecting'
      : `Reconnecting, last heard ${span(age)} ago`;
  return (
    <span className={styles.connection} data-live={live || undefined}>
      <span className={styles.dot} aria-hidden="true" />
      <span aria-hidden="true">{words}</span>
      {/* Said once when it changes, not every second. */}
      <VisuallyHidden role="status">{live ? 'Updates are live' : 'Reconnecting to the hub'}</VisuallyHidden>
    </span>
  );
}
