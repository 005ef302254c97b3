import type { LossAnalysis, LossAxis, LossPoint } from '@litmatter/scaling';
import type { LegendWords } from '../../charts/Legend.tsx';
import type { Across } from '../../charts/ScalingChart.tsx';
import type { ChartLine, ChartSeries } from '../../charts/series.ts';
import { distinctNames } from '../../charts/series-names.ts';
import { counted, integer, significant } from '../../words/format.ts';

/** How far beyond the largest measured size a law is drawn, and how wide a band may be, high over low. */
const reach = 2;
const widest = 5;

export const lossAcross: Readonly<Record<LossAxis, Across>> = {
  molecules: {
    title: 'training molecules',
    words: (size) => counted(size, 'training molecule'),
    formatTick: integer,
  },
  parameters: { title: 'parameters', words: (size) => counted(size, 'parameter'), formatTick: integer },
};

export const lossLegend: LegendWords = {
  band: 'power law, with a floor from six sizes on; 95 % band',
  line: 'power law, its band too wide to draw',
  hollow: 'the run has epochs to go',
};

/** Errors against a size as the chart draws them. @param format - of an error, with its unit */
export function lossSeries(
  analyses: readonly LossAnalysis[],
  format: (loss: number) => string,
): ChartSeries[] {
  const names = distinctNames(analyses.map((one) => one.series));
  return analyses.map((analysis, style) => {
    const alpha = alphaOf(analysis)?.value;
    return {
      key: `${analysis.series} ${analysis.devices}`,
      label: names[style]!,
      style,
      points: analysis.points.map((point) => ({
        x: point.size,
        y: point.loss,
        low: point.loss,
        high: point.loss,
        hollow: !point.finished,
        faint: false,
        tip: () => tipOf(point, format),
      })),
      note:
        alpha === undefined ? undefined : { text: 'L ∝ D', exponent: (-alpha).toFixed(2).replace('-', '−') },
      line: lineOf(analysis),
    };
  });
}

/** The exponent of the law with the most weight. */
export function alphaOf({ laws }: LossAnalysis) {
  const [best] = [...laws].sort((a, b) => (b.weight ?? 0) - (a.weight ?? 0));
  return best?.fit.estimates.find(({ symbol }) => symbol === 'alpha');
}

function tipOf(point: LossPoint, format: (loss: number) => string): string[] {
  return [
    `Best validation MAE ${format(point.loss)}, of ${counted(point.epochs, 'epoch')}`,
    ...(point.setting ? [point.setting] : []),
    `${counted(point.devices, 'device')}, global batch ${integer(point.globalBatch)}`,
    ...(point.finished ? [] : ['It has epochs to go']),
    ...(point.falling ? ['Its last epoch was its best'] : []),
  ];
}

function lineOf({ prediction, curve }: LossAnalysis): ChartLine | undefined {
  if (!prediction) return undefined;
  const largest = curve.at(-1)!.devices;
  const line = {
    from: curve[0]!.devices,
    to: largest * reach,
    solidTo: largest,
    at: prediction.predict,
  };
  const { low, high } = prediction.band(largest, 0.95, 'curve');
  if (!(high / low <= widest)) return line;
  return { ...line, band: (x) => prediction.band(x, 0.95, 'curve') };
}

/** What the chart says, for those who cannot see it. */
export function lossSummary(analyses: readonly LossAnalysis[], axis: LossAxis): string {
  const told = analyses.map(
    ({ series, points }) =>
      `${series}, ${points.map((point) => `${integer(point.size)}: ${significant(point.loss)}`).join(', ')}`,
  );
  return `Best validation error against ${lossAcross[axis].title}: ${told.join('; ')}.`;
}
