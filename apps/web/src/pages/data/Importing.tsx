import type { DatasetImport } from '@litmatter/protocol';
import { Button, Progress } from '@mantine/core';
import { IconPlayerStop, IconRefresh } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Unseen } from '../../parts/Table.tsx';
import { call } from '../../state/api.ts';
import { importsQuery } from '../../state/queries.ts';
import { cancelUpload, startUpload, type Upload } from '../../state/uploads.ts';
import { bytes, counted, span } from '../../words/format.ts';
import styles from './Data.module.css';
import { ImportTargets } from './ImportTargets.tsx';

interface ImportingProps {
  readonly name: string;
  /** What the hub says of it; undefined where it knows nothing of it. */
  readonly state: DatasetImport | undefined;
  /** What this page sends of it. */
  readonly upload: Upload | undefined;
}

/** Files on their way to being a data set: sent, read through, asked about, made; or refused, with the reader's sentence. */
export function Importing({ name, state, upload }: ImportingProps) {
  const queries = useQueryClient();
  const refresh = () => queries.invalidateQueries(importsQuery);
  const cancel = useMutation({
    mutationFn: async () => {
      await cancelUpload(name);
      if (state) await call('cancelImport', { params: { name }, body: {} });
    },
    onSettled: refresh,
  });
  const again = useMutation({ mutationFn: () => startUpload(name, upload!.files), onSettled: refresh });
  const trouble = upload?.error ?? (state?.phase === 'refused' ? state.error : null);
  const asks = state?.phase === 'found' && state.found !== null && trouble === null;
  return (
    <li className={styles.card} data-import={name}>
      <h2>
        {name} <code>import</code>
      </h2>
      {trouble !== null ? (
        <>
          <p role="alert" className={styles.bad}>
            {trouble}
          </p>
          {again.error && (
            <p role="alert" className={styles.bad}>
              {again.error.message}
            </p>
          )}
          <div className={styles.buttons}>
            {upload && (
              <Button
                leftSection={<IconRefresh size={14} aria-hidden />}
                loading={again.isPending}
                onClick={() => again.mutate()}
              >
                Send again
              </Button>
            )}
            <Button variant="default" loading={cancel.isPending} onClick={() => cancel.mutate()}>
              Dismiss
            </Button>
          </div>
        </>
      ) : asks ? (
        <ImportTargets state={state} found={state.found!} discard={cancel} />
      ) : (
        <div className={styles.download}>
          <Progress
            value={shareOf(state, upload)}
            animated={state?.phase === 'making'}
            aria-label={`Import of ${name}`}
          />
          <div className={styles.coming}>
            <p>{progressWords(state, upload)}</p>
            {state?.phase !== 'making' && (
              <Button
                variant="default"
                leftSection={<IconPlayerStop size={14} aria-hidden />}
                loading={cancel.isPending}
                onClick={() => cancel.mutate()}
              >
                Cancel
              </Button>
            )}
          </div>
          {cancel.error && (
            <p role="alert" className={styles.bad}>
              {cancel.error.message}
            </p>
          )}
        </div>
      )}
      {/* Told when it changes, not with every megabyte. */}
      <span role="status">
        <Unseen>{phaseWords(name, state, trouble)}</Unseen>
      </span>
    </li>
  );
}

/** Percent. */
function shareOf(state: DatasetImport | undefined, upload: Upload | undefined): number {
  if (state?.phase === 'making') return 100;
  const [done, total] = upload ? [upload.sent, upload.total] : [state?.bytes ?? 0, state?.total ?? 0];
  return total > 0 ? Math.min(100, (100 * done) / total) : 0;
}

function progressWords(state: DatasetImport | undefined, upload: Upload | undefined): string {
  if (upload) {
    const { sent, total, rate } = upload;
    const pace = rate === null || rate <= 0 ? '' : `, ${bytes(rate)}/s, ${span((total - sent) / rate)} left`;
    return `Sent ${bytes(sent)} of ${bytes(total)}${sent < total ? pace : ''}`;
  }
  if (!state) return 'Asking the hub …';
  const done = `${bytes(state.bytes)} of ${bytes(state.total)}`;
  if (state.phase === 'making') return 'The hub makes the data set …';
  if (state.phase === 'reading') return `The hub reads ${filesOf(state)} through: ${done}`;
  return `${done} have come from another page`;
}

function filesOf({ files }: DatasetImport): string {
  return files.length === 1 ? files[0]!.name : `the ${counted(files.length, 'file')}`;
}

function phaseWords(name: string, state: DatasetImport | undefined, trouble: string | null): string {
  if (trouble !== null || !state) return '';
  const words: Record<DatasetImport['phase'], string> = {
    coming: `The files of ${name} are being sent.`,
    reading: `The hub reads the files of ${name} through.`,
    found: `The files of ${name} have been read: choose its targets.`,
    making: `The hub makes the data set ${name}.`,
    refused: '',
  };
  return words[state.phase];
}
