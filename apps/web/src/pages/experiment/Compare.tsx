import { CloseButton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Pick } from '../../parts/Pick.tsx';
import type { ExperimentData } from '../../state/experiment-data.ts';
import { experimentsQuery } from '../../state/queries.ts';
import { idsOf, listOf } from '../experiments/search.ts';
import styles from './Experiment.module.css';
import type { ExperimentSearch } from './search.ts';

interface CompareProps {
  readonly data: ExperimentData;
  readonly search: ExperimentSearch;
  readonly change: (part: Partial<ExperimentSearch>) => void;
}

/** The experiments laid over this one: which, and others to add. */
export function Compare({ data, search, change }: CompareProps) {
  const { data: all = [] } = useQuery(experimentsQuery);
  const compared = idsOf(search.with);
  const others = all.filter(
    (one) =>
      one.id !== data.experiment.id && !compared.includes(one.id) && !one.archived && one.epochsDone > 0,
  );
  if (all.length < 2) return null;
  return (
    <div className={styles.compare}>
      {compared.length > 0 && <span>Compared with</span>}
      {compared.map((id) => {
        const name = all.find((one) => one.id === id)?.name ?? id;
        return (
          <span key={id} className={styles.compared}>
            <Link to="/experiments/$id" params={{ id }}>
              {name}
            </Link>
            <CloseButton
              size={18}
              aria-label={`Stop comparing with ${name}`}
              onClick={() => change({ with: listOf(compared.filter((one) => one !== id)) })}
            />
          </span>
        );
      })}
      {others.length > 0 && (
        <Pick
          label="Compare with another experiment"
          invitation="Compare with …"
          value=""
          choices={others.slice(0, 200).map((one) => [one.id, one.name])}
          change={(id) => change({ with: listOf([...compared, id]) })}
        />
      )}
    </div>
  );
}
