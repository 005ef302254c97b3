import type { ExperimentSummary } from '@litmatter/protocol';
import { NativeSelect, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useMemo } from 'react';
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
      <TextInput
        className={styles.search}
        aria-label="Search experiments"
        placeholder="Search by name, model or data set"
        leftSection={<IconSearch size={15} stroke={1.7} aria-hidden />}
        value={search.q ?? ''}
        onChange={(event) => change({ q: event.currentTarget.value || undefined })}
      />
      <NativeSelect
        aria-label="State"
        data={[
          { value: '', label: 'Any state' },
          ...states.map((state) => ({ value: state, label: stateWord(state) })),
        ]}
        value={search.state ?? ''}
        onChange={(event) => change({ state: event.currentTarget.value || undefined })}
      />
      <NativeSelect
        aria-label="Model"
        data={[{ value: '', label: 'Any model' }, ...models]}
        value={search.model ?? ''}
        onChange={(event) => change({ model: event.currentTarget.value || undefined })}
      />
      <NativeSelect
        aria-label="Data set"
        data={[{ value: '', label: 'Any data set' }, ...datasets]}
        value={search.data ?? ''}
        onChange={(event) => change({ data: event.currentTarget.value || undefined })}
      />
      {archived > 0 && (
        <NativeSelect
          aria-label="Archived experiments"
          data={[
            { value: 'hidden', label: 'Without archived' },
            { value: 'shown', label: `With ${archived} archived` },
          ]}
          value={search.archived ?? 'hidden'}
          onChange={(event) =>
            change({ archived: event.currentTarget.value === 'shown' ? 'shown' : undefined })
          }
        />
      )}
    </search>
  );
}
