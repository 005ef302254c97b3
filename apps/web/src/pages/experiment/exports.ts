import {
  fitJson,
  type LossAnalysis,
  latexTable,
  lossCsv,
  lossJson,
  lossTable,
  pointsCsv,
} from '@litmatter/scaling';
import { figureSvg, figureWidth, lossFigure, scalingFigure } from '@litmatter/scaling/figure';
import type { QuantityName } from '../../charts/quantity-names.ts';
import type { NamedAnalysis } from './named.ts';

export const exportKinds = [
  { kind: 'svg', label: 'SVG', says: 'the chart as SVG, with legend and units' },
  { kind: 'png', label: 'PNG', says: 'the chart as PNG, with legend and units' },
  { kind: 'csv', label: 'CSV', says: 'the points as CSV' },
  { kind: 'json', label: 'JSON', says: 'points, laws and intervals as JSON' },
  { kind: 'tex', label: 'LaTeX', says: 'the exponents as a LaTeX table' },
] as const;
export type ExportKind = (typeof exportKinds)[number]['kind'];

export interface Exported {
  readonly named: readonly NamedAnalysis[];
  readonly quantity: QuantityName;
  readonly title: string;
  readonly parametersOf: (one: NamedAnalysis) => number | null;
}

/** PNG pixels for one of the figure's: 1920 across, sharp in print at a column's width. */
const sharpness = 3;

/** Kinds that are text: a PNG is drawn from the SVG. */
export type TextKind = Exclude<ExportKind, 'png'>;

/**
 * What is shown, as a file.
 * @param textOf - the text of a kind
 * @throws where the browser cannot draw the PNG
 */
export async function exportFile(
  kind: ExportKind,
  title: string,
  textOf: (kind: TextKind) => string,
): Promise<{ name: string; blob: Blob }> {
  const stem =
    title
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-+|-+$/g, '')
      .slice(0, 60) || 'scaling';
  if (kind === 'png') return { name: `${stem}.png`, blob: await png(textOf('svg')) };
  const types = { svg: 'image/svg+xml', csv: 'text/csv', json: 'application/json', tex: 'application/x-tex' };
  return {
    name: `${stem}.${kind}`,
    blob: new Blob([textOf(kind)], { type: `${types[kind]};charset=utf-8` }),
  };
}

/** The scaling chart and what is behind it as text. */
export function exportText(kind: TextKind, { named, quantity, title, parametersOf }: Exported): string {
  switch (kind) {
    case 'svg':
      return figureSvg(withOrigins(scalingFigure(title, named, quantity), named));
    case 'csv':
      return pointsCsv(
        named.flatMap(({ analysis, label }) => analysis.rows.map((row) => ({ ...row, series: label }))),
      );
    case 'json':
      return `${JSON.stringify(
        named.map(({ analysis, label, origin = 'measured' }) => ({ label, origin, ...fitJson(analysis) })),
        null,
        1,
      )}\n`;
    case 'tex':
      return latexTable(
        named.map((one) => ({ model: one.label, parameters: parametersOf(one), analysis: one.analysis })),
      );
  }
}

/** The chart of errors and what is behind it as text. @param unit - of the target */
export function lossText(
  kind: TextKind,
  { analyses, title, unit }: { analyses: readonly LossAnalysis[]; title: string; unit: string },
): string {
  switch (kind) {
    case 'svg':
      return figureSvg(lossFigure(title, analyses, analyses[0]?.axis ?? 'molecules', unit));
    case 'csv':
      return lossCsv(analyses, unit);
    case 'json':
      return `${JSON.stringify(analyses.map(lossJson), null, 1)}\n`;
    case 'tex':
      return lossTable(analyses, unit);
  }
}

/** Times nobody measured here say so in the file too. */
function withOrigins(figure: ReturnType<typeof scalingFigure>, named: readonly NamedAnalysis[]) {
  const origins = [
    ...Map.groupBy(
      named.filter((one) => one.origin),
      (one) => one.origin,
    ),
  ];
  return {
    ...figure,
    notes: [
      ...figure.notes,
      ...origins.map(([origin, of]) => `${of.map((one) => one.label).join('; ')}: ${origin}.`),
    ],
  };
}

async function png(svg: string): Promise<Blob> {
  const url = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = figureWidth * sharpness;
    canvas.height = Math.round((image.naturalHeight / image.naturalWidth) * canvas.width);
    canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((resolve, reject) =>
      canvas.toBlob(
        (blob) => (blob ? resolve(blob) : reject(new Error('The canvas gave no image.'))),
        'image/png',
      ),
    );
  } finally {
    URL.revokeObjectURL(url);
  }
}
