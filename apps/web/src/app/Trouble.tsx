import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useEffect } from 'react';
import { Refused, Unreachable } from '../state/api.ts';
import { link } from '../state/socket.ts';
import { useStore } from '../state/store.ts';
import { CodeAway } from './code.ts';
import { Notice } from './Notice.tsx';

/** An address that leads nowhere. */
export function NotHere() {
  return (
    <Notice
      title="There is no such page"
      actions={
        <Button component={Link} to="/experiments">
          All experiments
        </Button>
      }
    >
      <p>
        The address <code>{location.pathname}</code> leads nowhere: it may have been cut off when it was
        copied.
      </p>
    </Notice>
  );
}

interface TroubleProps {
  readonly error: unknown;
  readonly reset: () => void;
}

/** What went wrong, in the hub's words where they are its; a fault of the page itself is named as one. */
export function Trouble({ error, reset }: TroubleProps) {
  const { status } = useStore(link);
  const back = error instanceof CodeAway && status === 'open';
  useEffect(() => {
    // Nothing of the page is here to be lost.
    if (back) location.reload();
  }, [back]);
  const told = error instanceof Refused || error instanceof Unreachable;
  const missing = error instanceof Refused && error.status === 404;
  return (
    <Notice
      tone="bad"
      title={missing ? 'It is not here' : told ? 'The hub could not answer' : 'This page has a fault'}
      actions={
        <>
          {!missing && <Button onClick={reset}>Try again</Button>}
          <Button variant="default" component={Link} to="/experiments">
            All experiments
          </Button>
        </>
      }
    >
      <p>{error instanceof Error ? error.message : String(error)}</p>
      {!told && (
        <p>Nothing that runs is affected. Reload the page; if it comes back, report it with these words.</p>
      )}
    </Notice>
  );
}
