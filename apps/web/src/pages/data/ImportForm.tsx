import { InputError, importEndings, maxImportBytes } from '@litmatter/protocol';
import { Button } from '@mantine/core';
import { IconFileImport, IconUpload, IconX } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { type DragEvent, type FormEvent, useEffect, useRef, useState } from 'react';
import { Field, fieldId } from '../../forms/Field.tsx';
import { TextControl } from '../../forms/TextControl.tsx';
import { IconButton } from '../../parts/IconButton.tsx';
import { Mend } from '../../parts/Mend.tsx';
import { Refused } from '../../state/api.ts';
import { startUpload } from '../../state/uploads.ts';
import { bytes, counted } from '../../words/format.ts';
import styles from './Data.module.css';
import importStyles from './Import.module.css';

const chooserId = 'import-files';

/** Let a person choose files, wherever on the page they say so. */
export function chooseFiles(): void {
  document.getElementById(chooserId)?.click();
}

const accepted = [...importEndings.map((ending) => `.${ending}`), '.gz'].join();

/** One's own files become a data set: they are chosen or dropped, named, and sent. */
export function ImportForm() {
  const [files, setFiles] = useState<readonly File[]>([]);
  const [name, setName] = useState('');
  const [over, setOver] = useState(false);
  const chooser = useRef<HTMLButtonElement>(null);
  const start = useMutation({
    mutationFn: () => startUpload(name.trim(), files),
    onSuccess: () => {
      setFiles([]);
      setName('');
      chooser.current?.focus();
    },
  });
  const any = files.length > 0;
  useEffect(() => {
    // What is still to be said.
    if (any) document.getElementById(fieldId('import.name'))?.focus();
  }, [any]);
  const fields = fieldsOf(start.error);
  const take = (list: FileList | null) => {
    if (!list || list.length === 0) return;
    const more = [...list];
    setFiles((before) => [...before.filter((old) => !more.some((one) => one.name === old.name)), ...more]);
    if (name === '') setName(nameFor(more[0]!.name));
    start.reset();
  };
  const drag = (event: DragEvent) => {
    event.preventDefault();
    setOver(event.type === 'dragover');
    if (event.type === 'drop') take(event.dataTransfer.files);
  };
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (!start.isPending) start.mutate();
  };
  const total = files.reduce((sum, { size }) => sum + size, 0);
  const filesError = filesErrorOf(fields, files);
  return (
    <li className={styles.card}>
      <h2>Your own</h2>
      <form className={importStyles.form} onSubmit={send} aria-label="Import your own files">
        <section
          className={importStyles.drop}
          data-over={over || undefined}
          aria-label="Files to import"
          onDragOver={drag}
          onDragLeave={drag}
          onDrop={drag}
        >
          <input
            type="file"
            multiple
            id={chooserId}
            hidden
            accept={accepted}
            aria-label="Files to import"
            onChange={(event) => {
              take(event.currentTarget.files);
              event.currentTarget.value = '';
            }}
          />
          <Button
            ref={chooser}
            variant="default"
            leftSection={<IconFileImport size={15} aria-hidden />}
            aria-describedby="import-kinds"
            onClick={chooseFiles}
          >
            {files.length > 0 ? 'Add files' : 'Choose files'}
          </Button>
          <p id="import-kinds">
            or drop them here: SDF, XYZ, a CSV with a column of SMILES, JSONL graphs, or QM9’s own, gzipped or
            not, with a CSV of targets beside them if need be. {bytes(maxImportBytes)} at most.
          </p>
        </section>
        {files.length > 0 && (
          <ul className={importStyles.files} aria-label="Chosen files">
            {files.map((file) => (
              <li key={file.name}>
                <span>{file.name}</span>
                <span>{bytes(file.size)}</span>
                <IconButton
                  label={`Leave out ${file.name}`}
                  press={() => {
                    setFiles(files.filter((one) => one !== file));
                    start.reset();
                    chooser.current?.focus();
                  }}
                >
                  <IconX size={14} aria-hidden />
                </IconButton>
              </li>
            ))}
          </ul>
        )}
        {filesError && (
          <p role="alert" className={styles.bad}>
            {filesError}
          </p>
        )}
        {files.length > 0 && (
          <>
            <Field
              path="import.name"
              label="Name"
              help="What the data set is called in specs."
              error={fields.name}
            >
              {(control) => <TextControl control={control} value={name} change={setName} />}
            </Field>
            {start.error && !fields.name && !filesError && (
              <p role="alert" className={styles.bad}>
                {start.error.message}
              </p>
            )}
            <Button
              type="submit"
              className={importStyles.submit}
              leftSection={<IconUpload size={14} aria-hidden />}
              loading={start.isPending}
            >
              Import {counted(files.length, 'file')}, {bytes(total)}
            </Button>
          </>
        )}
      </form>
      <p className={styles.quiet}>
        To try a file without keeping it, drop it into the Prototype page. On the hub’s machine a command does
        the same, without a limit:
      </p>
      <Mend how="litmatter dataset import FILE... --name NAME" />
      <p className={styles.quiet}>
        A data set that a program makes is written as a module: <code>litmatter new dataset NAME</code>.
      </p>
    </li>
  );
}

type Fields = Readonly<Record<string, string>>;

function fieldsOf(error: Error | null): Fields {
  if (error instanceof Refused || error instanceof InputError) return error.fields ?? {};
  return {};
}

/** What is wrong with the files, in sentences that name them. */
function filesErrorOf(fields: Fields, files: readonly File[]): string | undefined {
  const sentences = Object.entries(fields).flatMap(([path, text]) => {
    if (path === 'files') return [`The files ${text}.`];
    const file = files[Number(/^files\.(\d+)\./.exec(path)?.[1])];
    return file ? [`${file.name} ${text}.`] : [];
  });
  return sentences.length > 0 ? sentences.join(' ') : undefined;
}

/** A name for the data set of a file: "gap" for "gap.csv.gz". One that only says a part of a split is no name. */
export function nameFor(file: string): string {
  const stem = file
    .replace(/(\.[A-Za-z0-9]+)(\.gz)?$/i, '')
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+|[-.]+$/g, '')
    .slice(0, 64);
  return /^(train|val|test)/i.test(stem) ? '' : stem;
}
