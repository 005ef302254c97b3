import type { DatasetCard } from '@litmatter/protocol';
import { Button } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../../state/api.ts';
import { catalogueQuery, downloadsQuery } from '../../state/queries.ts';
import { bytes } from '../../words/format.ts';
import styles from './Data.module.css';
import { sampleQuery } from './sample.ts';

/** A data set that was imported or downloaded is removed again, by a second press. */
export function Remove({ card, gone }: { readonly card: DatasetCard; readonly gone: () => void }) {
  const { name, title } = card;
  const [asked, setAsked] = useState<'no' | 'sure' | 'kept'>('no');
  const queries = useQueryClient();
  const remove = useMutation({
    mutationFn: () => call('removeDataset', { params: { name } }),
    onSuccess: async () => {
      gone();
      // Another of that name may come.
      queries.removeQueries({ queryKey: sampleQuery(name).queryKey });
      await Promise.all([
        queries.invalidateQueries(catalogueQuery),
        queries.invalidateQueries(downloadsQuery),
      ]);
    },
  });
  if (asked !== 'sure') {
    return (
      <Button
        variant="default"
        leftSection={<IconTrash size={14} aria-hidden />}
        aria-label={`Remove ${title}`}
        // Who has thought better of it is back where they were.
        autoFocus={asked === 'kept'}
        onClick={() => setAsked('sure')}
      >
        Remove
      </Button>
    );
  }
  return (
    <>
      <Button
        color="red"
        autoFocus
        aria-label={`Remove ${title} from the hub`}
        loading={remove.isPending}
        onClick={() => remove.mutate()}
      >
        Remove{card.bytes === null ? '' : ` ${bytes(card.bytes)}`} from the hub
      </Button>
      <Button variant="default" onClick={() => setAsked('kept')}>
        Keep it
      </Button>
      {remove.error && (
        <p role="alert" className={styles.bad}>
          {remove.error.message}
        </p>
      )}
    </>
  );
}
