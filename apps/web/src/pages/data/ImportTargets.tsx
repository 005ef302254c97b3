import type { DatasetImport, ImportFound, ImportTarget } from '@litmatter/protocol';
import { Button } from '@mantine/core';
import { type UseMutationResult, useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import fieldStyles from '../../forms/Field.module.css';
import { Scrolled } from '../../parts/Scrolled.tsx';
import { Unseen } from '../../parts/Table.tsx';
import { call } from '../../state/api.ts';
import { importsQuery } from '../../state/queries.ts';
import { counted, integer, listed } from '../../words/format.ts';
import styles from './Data.module.css';
import importStyles from './Import.module.css';

interface ImportTargetsProps {
  readonly state: DatasetImport;
  readonly found: ImportFound;
  readonly discard: Pick<UseMutationResult<void, Error, void>, 'mutate' | 'isPending'>;
}

/** What stands in the files, and which of it is to be learnt, in which units. */
export function ImportTargets({ state, found, discard }: ImportTargetsProps) {
  const { name } = state;
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const [units, setUnits] = useState<Readonly<Record<string, string>>>({});
  const [chosen, setChosen] = useState<string>();
  const queries = useQueryClient();
  const kept = found.targets.filter((target) => !left.has(target.name));
  const first = kept.find((target) => target.name === chosen) ?? kept[0];
  const make = useMutation({
    mutationFn: () => call('finishImport', { params: { name }, body: bodyOf() }),
    onSuccess: (answer) =>
      queries.setQueryData(importsQuery.queryKey, (all) =>
        all?.map((one) => (one.name === name ? answer : one)),
      ),
    onError: () => queries.invalidateQueries(importsQuery),
  });
  const bodyOf = () => {
    if (found.known || !first) return {};
    const ordered = [first, ...kept.filter((target) => target !== first)];
    return {
      targets: ordered.map(
        (target): ImportTarget => ({
          name: target.name,
          unit: (units[target.name] ?? target.unit).trim(),
        }),
      ),
    };
  };
  const trouble = make.error?.message ?? state.error;
  return (
    <form
      className={importStyles.form}
      aria-label={`Targets of ${name}`}
      onSubmit={(event) => {
        event.preventDefault();
        if (!make.isPending && first) make.mutate();
      }}
    >
      <p>{foundWords(found)}</p>
      {found.known ? (
        <p className={styles.quiet}>
          Targets and units are those of this known data set:{' '}
          {listed(found.targets.map((target) => target.name))}.
        </p>
      ) : (
        <Scrolled label={`Targets found for ${name}`} className={importStyles.targets}>
          <table>
            <thead>
              <tr>
                <th scope="col">Target</th>
                <th scope="col">Unit</th>
                <th scope="col">Default</th>
              </tr>
            </thead>
            <tbody>
              {found.targets.map((target) => (
                <tr key={target.name}>
                  <th scope="row">
                    <label>
                      <input
                        type="checkbox"
                        checked={!left.has(target.name)}
                        onChange={(event) => {
                          const next = new Set(left);
                          if (event.currentTarget.checked) next.delete(target.name);
                          else next.add(target.name);
                          setLeft(next);
                        }}
                      />
                      {target.title}
                    </label>
                  </th>
                  <td>
                    <input
                      type="text"
                      className={fieldStyles.plain}
                      aria-label={`Unit of ${target.name}`}
                      placeholder="none"
                      maxLength={40}
                      autoComplete="off"
                      spellCheck={false}
                      disabled={left.has(target.name)}
                      value={units[target.name] ?? target.unit}
                      onChange={(event) => setUnits({ ...units, [target.name]: event.currentTarget.value })}
                    />
                  </td>
                  <td>
                    <input
                      type="radio"
                      name={`default-${name}`}
                      aria-label={`Train on ${target.name} by default`}
                      disabled={left.has(target.name)}
                      checked={target === first}
                      onChange={() => setChosen(target.name)}
                    />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scrolled>
      )}
      {found.notes.length > 0 && (
        <details className={importStyles.notes}>
          <summary>{counted(found.notes.length, 'column')} passed over</summary>
          {found.notes.map((note) => (
            <p key={note}>{note}</p>
          ))}
        </details>
      )}
      {!first && (
        <p role="alert" className={styles.bad}>
          Keep at least one target: a model must have something to learn.
        </p>
      )}
      {trouble !== null && (
        <p role="alert" className={styles.bad}>
          {trouble}
        </p>
      )}
      <div className={styles.buttons}>
        <Button type="submit" loading={make.isPending} disabled={!first}>
          Make the data set
          <Unseen> {name}</Unseen>
        </Button>
        <Button variant="default" loading={discard.isPending} onClick={() => discard.mutate()}>
          Discard
          <Unseen> {name}</Unseen>
        </Button>
      </div>
    </form>
  );
}

/** "3 molecules of 9 atoms, with bonds; own split 2 / 1 / 1." */
function foundWords({ molecules, atoms, contents, split }: ImportFound): string {
  const held = Object.entries(contents).flatMap(([what, there]) => (there ? [what] : []));
  const parts = split
    ? `; own split ${[split.train, split.validation, split.test].map(integer).join(' / ')}`
    : '';
  const withThem = held.length > 0 ? `, with ${listed(held)}` : '';
  return `${counted(molecules, 'molecule')} of ${counted(atoms, 'atom')}${withThem}${parts}.`;
}
