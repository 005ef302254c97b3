import {
  type Analysis,
  analyseAll,
  paper,
  type Reconstruction,
  reconstruct,
  reconstructionLabel,
} from '@litmatter/scaling';
import { distinctNames } from '../../charts/series-names.ts';

/** A named, styled series of this experiment, of one laid over it, or of the paper. */
export interface NamedAnalysis {
  readonly key: string;
  readonly label: string;
  readonly style: number;
  readonly analysis: Analysis;
  /** Where its times come from, where they were not measured by runs. */
  readonly origin?: string;
  /** The paper's own numbers for it, in words. */
  readonly reported?: string;
}

export interface PaperSeries {
  readonly reconstruction: Reconstruction;
  readonly analysis: Analysis;
}

/** The paper's curves, made when one is asked for. */
export function paperSeries(names: readonly string[]): PaperSeries[] {
  return paper.models
    .filter((model) => names.includes(model.name))
    .map((model) => {
      const reconstruction = reconstruct(model);
      return { reconstruction, analysis: analyseAll(reconstruction.points)[0]! };
    });
}

/** A paper's series as charts name it. @param style - of the first; the others follow */
export function namedPaper(series: readonly PaperSeries[], style: number): NamedAnalysis[] {
  return series.map(({ reconstruction: { model }, analysis }, index) => ({
    key: `paper ${model.name}`,
    label: `${model.title}, paper`,
    style: style + index,
    analysis,
    origin: reconstructionLabel,
    reported: `Table 1 of the paper gives β = ${model.beta} and R² = ${model.r2}.`,
  }));
}

/** The series of several experiments under names that tell them apart. */
export function nameAll(
  groups: readonly { name: string; id: string; analyses: readonly Analysis[] }[],
): NamedAnalysis[] {
  const several = groups.length > 1;
  return groups
    .flatMap(({ name, id, analyses }) => {
      const names = distinctNames(analyses.map((analysis) => analysis.series));
      return analyses.map((analysis, index) => ({
        key: `${id} ${analysis.series} ${analysis.context.samples}`,
        label: !several
          ? names[index]!
          : analyses.length > 1
            ? `${short(name, 14)}, ${names[index]}`
            : short(name, 26),
        analysis,
      }));
    })
    .map((one, style) => ({ ...one, style }));
}

function short(name: string, length: number): string {
  return name.length > length ? `${name.slice(0, length - 1)}…` : name;
}
