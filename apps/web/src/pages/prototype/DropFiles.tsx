import { Button } from '@mantine/core';
import { IconFileImport } from '@tabler/icons-react';
import { type DragEvent, useEffect, useRef, useState } from 'react';
import { prototype } from '../../prototype/start.ts';
import { useStore } from '../../state/store.ts';
import { counted } from '../../words/format.ts';
import styles from './Prototype.module.css';
import type { Prototyping } from './usePrototype.ts';

/** Molecules of one's own: dropped anywhere on this strip, or chosen. They are read in the worker and stay here. */
export function DropFiles({ change }: Pick<Prototyping, 'change'>) {
  const view = useStore(prototype.view);
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const [asked, setAsked] = useState(false);
  const card = view.dropped;
  const take = (files: FileList | null) => {
    if (!files || files.length === 0) return;
    setAsked(true);
    prototype.read([...files]);
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: chosen once, when the files that were asked for are read
  useEffect(() => {
    if (!card || !asked) return;
    setAsked(false);
    change({ data: card.name, target: undefined, limit: undefined, molecule: undefined });
  }, [card]);
  const drag = (event: DragEvent) => {
    event.preventDefault();
    setOver(event.type === 'dragover');
    if (event.type === 'drop') take(event.dataTransfer.files);
  };
  return (
    <section
      className={styles.drop}
      data-over={over || undefined}
      aria-label="Your own molecules"
      onDragOver={drag}
      onDragLeave={drag}
      onDrop={drag}
    >
      <input
        ref={input}
        type="file"
        multiple
        hidden
        accept=".sdf,.sd,.mol,.xyz,.extxyz,.smi,.jsonl,.csv,.gz"
        aria-label="Files of molecules"
        onChange={(event) => {
          take(event.currentTarget.files);
          event.currentTarget.value = '';
        }}
      />
      <Button
        variant="default"
        leftSection={<IconFileImport size={15} />}
        onClick={() => input.current?.click()}
      >
        Open files
      </Button>
      <p>
        or drop SDF, XYZ or SMILES here, with a CSV of targets beside them if need be. Molecules without
        targets are predicted. They stay in this browser.
      </p>
      {view.own && (
        <p className={styles.own}>
          <b>{view.own.title}</b>: {counted(view.own.molecules ?? 0, 'molecule')} without a number to learn,{' '}
          {view.ready
            ? 'predicted by the model: see beside.'
            : 'to be predicted as soon as a model is here: press Start, or load weights.'}
        </p>
      )}
      {view.notes.map((note) => (
        <p key={note} className={styles.note}>
          {note}
        </p>
      ))}
    </section>
  );
}
