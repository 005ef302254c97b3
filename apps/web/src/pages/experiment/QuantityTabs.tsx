import { type Quantity, quantities } from '../../charts/quantities.ts';
import { Tabs } from '../../parts/Tabs.tsx';
import type { ExperimentSearch } from './search.ts';

interface QuantityTabsProps {
  readonly value: Quantity['name'];
  readonly change: (part: Pick<ExperimentSearch, 'show'>) => void;
  /** Without those that only measured times have. */
  readonly reconstructed?: boolean;
}

/** What the scaling chart shows of the epochs. */
export function QuantityTabs({ value, change, reconstructed = false }: QuantityTabsProps) {
  const shown = reconstructed ? quantities.filter(({ name }) => name !== 'imbalance') : quantities;
  return (
    <Tabs
      label="Quantity"
      tabs={shown.map(({ name, tab }) => ({ value: name, label: tab }))}
      value={value}
      change={(show) => change({ show: show === 'time' ? undefined : show })}
      controls="scaling-chart"
    />
  );
}
