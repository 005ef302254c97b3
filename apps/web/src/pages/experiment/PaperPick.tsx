import { paper } from '@litmatter/scaling';
import { CloseButton } from '@mantine/core';
import { Pick } from '../../parts/Pick.tsx';
import { idsOf, listOf } from '../experiments/search.ts';
import styles from './Experiment.module.css';
import type { ExperimentSearch } from './search.ts';

interface PaperPickProps {
  readonly search: ExperimentSearch;
  readonly change: (part: Partial<ExperimentSearch>) => void;
}

/** Which of the paper's curves lie over the chart. */
export function PaperPick({ search, change }: PaperPickProps) {
  const laid = idsOf(search.paper);
  const others = paper.models.filter((model) => !laid.includes(model.name));
  return (
    <div className={styles.compare}>
      {paper.models
        .filter((model) => laid.includes(model.name))
        .map(({ name, title }) => (
          <span key={name} className={styles.compared}>
            {title}, paper
            <CloseButton
              size={18}
              aria-label={`Take the paper's ${title} off`}
              onClick={() => change({ paper: listOf(laid.filter((one) => one !== name)) })}
            />
          </span>
        ))}
      {others.length > 0 && (
        <Pick
          label="Lay a curve of the paper over"
          invitation="The paper’s …"
          value=""
          choices={others.map((model) => [model.name, model.title])}
          change={(name) => change({ paper: listOf([...laid, name]) })}
        />
      )}
    </div>
  );
}
