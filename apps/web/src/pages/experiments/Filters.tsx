import type { ExperimentSummary } from '@litmatter/protocol';
import { useMemo } from 'react';
import fieldStyles from '../../forms/Field.module.css';
import { SearchBox } from '../../parts/SearchBox.tsx';
import { stateWord } from '../../parts/StateMark.tsx';
import styles from './Experiments.module.css';
import type { ExperimentsSearch } from './search.ts';

interface FiltersProps {
  readonly all: readonly ExperimentSummary[];
  readonly search: ExperimentsSearch;
  readonly change: (change: Partial<ExperimentsSearch>) => void;
}

const states = ['running', 'queued', 'succeeded', 'failed', 'cancelled'] as const;

/** Search and filters of the list, held in the address. */
export function Filters({ all, search, change }: FiltersProps) {
  const models = useMemo(() => [...new Set(all.flatMap((one) => one.models))].sort(), [all]);
  const datasets = useMemo(() => [...new Set(all.map((one) => one.dataset))].sort(), [all]);
  const archived = all.filter((one) => one.archived).length;
  return (
    <search className={styles.filters}>
      <SearchBox
        label="Search experiments"
        placeholder="Search by name, model or data set"
        value={search.q}
        change={(q) => change({ q })}
        className={styles.search}
      />
      <Filter
        label="State"
        any="Any state"
        choices={states.map((state) => [state, stateWord(state)])}
        value={search.state}
        change={(state) => change({ state })}
      />
      <Filter
        label="Model"
        any="Any model"
        choices={models.map((name) => [name, name])}
        value={search.model}
        change={(model) => change({ model })}
      />
      <Filter
        label="Data set"
        any="Any data set"
        choices={datasets.map((name) => [name, name])}
        value={search.data}
        change={(data) => change({ data })}
      />
      {archived > 0 && (
        <Filter
          label="Archived experiments"
          any="Without archived"
          choices={[['shown', `With ${archived} archived`]]}
          value={search.archived}
          change={(shown) => change({ archived: shown === 'shown' ? shown : undefined })}
        />
      )}
    </search>
  );
}

interface FilterProps {
  readonly label: string;
  /** What the first choice, no filter, is called. */
  readonly any: string;
  readonly choices: readonly (readonly [value: string, label: string])[];
  readonly value: string | undefined;
  readonly change: (value: string | undefined) => void;
}

function Filter({ label, any, choices, value, change }: FilterProps) {
  return (
    <select
      className={`${fieldStyles.plain} ${styles.filter}`}
      aria-label={label}
      value={value ?? ''}
      onChange={(event) => change(event.currentTarget.value || undefined)}
    >
      <option value="">{any}</option>
      {choices.map(([one, words]) => (
        <option key={one} value={one}>
          {words}
        </option>
      ))}
    </select>
  );
}
