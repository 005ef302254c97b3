import type { DatasetCard, DatasetDownload } from '@litmatter/protocol';
import { Button, Progress } from '@mantine/core';
import { IconDownload, IconPlayerStop } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../../state/api.ts';
import { downloadsQuery } from '../../state/queries.ts';
import { bytes } from '../../words/format.ts';
import styles from './Data.module.css';

interface DownloadProps {
  readonly card: DatasetCard;
  readonly state: DatasetDownload;
}

/** How a data set that is not here comes: begun, watched, broken off, gone on with; and the way by hand. */
export function Download({ card, state }: DownloadProps) {
  const { name, title } = card;
  const [subset, setSubset] = useState(false);
  const queries = useQueryClient();
  const took = (answer: DatasetDownload) => {
    queries.setQueryData(downloadsQuery.queryKey, (all) =>
      all?.map((one) => (one.name === name ? answer : one)),
    );
  };
  const onError = () => queries.invalidateQueries(downloadsQuery);
  const start = useMutation({
    mutationFn: () => call('startDownload', { params: { name }, body: { subset } }),
    onMutate: () => cancel.reset(),
    onSuccess: took,
    onError,
  });
  const cancel = useMutation({
    mutationFn: () => call('cancelDownload', { params: { name }, body: {} }),
    onSuccess: took,
    onError,
  });
  const refused = start.error ?? cancel.error;
  const trouble = refused?.message ?? (state.phase === null ? state.error : null);
  return (
    <div className={styles.download}>
      {state.phase !== null ? (
        <>
          <Progress
            value={shareOf(state)}
            animated={state.phase !== 'downloading'}
            aria-label={`Download of ${title}`}
          />
          <div className={styles.coming}>
            <p>{progressWords(card, state)}</p>
            {state.phase !== 'reading' && (
              <Button
                variant="default"
                leftSection={<IconPlayerStop size={14} />}
                loading={cancel.isPending}
                onClick={() => cancel.mutate()}
              >
                Cancel
              </Button>
            )}
          </div>
        </>
      ) : (
        <>
          {trouble !== null && (
            <p role="alert" className={styles.bad}>
              {trouble}
            </p>
          )}
          <div className={styles.coming}>
            <Button
              leftSection={<IconDownload size={14} />}
              aria-label={`${verbOf(state)}: ${title}`}
              loading={start.isPending}
              onClick={() => start.mutate()}
            >
              {verbOf(state)}
            </Button>
            <p>{sizeWords(card, state)}</p>
          </div>
          {state.hasSubset && (
            <label className={styles.subset}>
              <input
                type="checkbox"
                checked={subset}
                onChange={(event) => setSubset(event.currentTarget.checked)}
              />
              Only the benchmark subset
            </label>
          )}
          {state.byHand !== null && <p className={styles.get}>By hand: {state.byHand}</p>}
        </>
      )}
    </div>
  );
}

function verbOf({ kept, error }: DatasetDownload): string {
  if (error !== null) return 'Try again';
  return kept > 0 ? 'Go on' : 'Download';
}

/** Percent; whole where no more is to come. */
function shareOf({ phase, bytes: come, total }: DatasetDownload): number {
  if (phase !== 'downloading') return 100;
  return total ? Math.min(100, (100 * come) / total) : 0;
}

function progressWords({ title }: DatasetCard, state: DatasetDownload): string {
  if (state.phase === 'reading') return `Everything has come. The hub reads ${title} through …`;
  if (state.phase === 'checking') return `${state.file} has come and is checked …`;
  return `${state.file}: ${bytes(state.bytes)}${state.total === null ? '' : ` of ${bytes(state.total)}`}`;
}

/** "53.8 MB, CC0-1.0" */
function sizeWords({ licence }: DatasetCard, { size, kept }: DatasetDownload): string {
  const whole = size === null ? 'Its size is told once it begins' : bytes(size);
  const before =
    kept > 0 ? `Broke off after ${bytes(kept)}${size === null ? '' : ` of ${bytes(size)}`}` : whole;
  return licence ? `${before}. Licence: ${licence}` : before;
}
