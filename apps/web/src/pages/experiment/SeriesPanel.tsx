import type { Analysis } from '@litmatter/scaling';
import { type ReactNode, useState } from 'react';
import { distinctNames } from '../../charts/series-names.ts';
import { Panel } from '../../parts/Panel.tsx';
import { Pick } from '../../parts/Pick.tsx';

interface SeriesPanelProps {
  readonly title: string;
  /** What the list of series is for, for screen readers. */
  readonly label: string;
  readonly analyses: readonly Analysis[];
  /** What the series are called in the list; what tells them apart where absent. */
  readonly names?: readonly string[] | undefined;
  /** What the panel says of one series; of none where nothing is measured yet. */
  readonly children: (shown: Analysis | undefined) => ReactNode;
}

/** A panel about one series at a time: the first, until another is picked. */
export function SeriesPanel({ title, label, analyses, names, children }: SeriesPanelProps) {
  const [series, setSeries] = useState<string>();
  const shown = analyses.find((one) => one.series === series) ?? analyses[0];
  const told = names ?? distinctNames(analyses.map((one) => one.series));
  return (
    <Panel
      title={title}
      tools={
        analyses.length > 1 &&
        shown && (
          <Pick
            label={label}
            value={shown.series}
            choices={analyses.map((one, index) => [one.series, told[index] ?? one.series])}
            change={setSeries}
          />
        )
      }
    >
      {children(shown)}
    </Panel>
  );
}
