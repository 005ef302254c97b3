import { number } from '../words.ts';
import { decadeTicks, evenTicks, logRange, powerTicks, type Range } from './ticks.ts';

export interface FigurePoint {
  readonly x: number;
  readonly y: number;
  /** Ends of the error bar; both y where there is none. */
  readonly low: number;
  readonly high: number;
  /** Drawn hollow: not to be read like the others (oversubscribed). */
  readonly hollow: boolean;
}

export interface FigureLine {
  readonly from: number;
  readonly to: number;
  /** Dashed beyond this: nothing is measured there. */
  readonly solidTo: number;
  at(x: number): number;
  band?(x: number): { readonly low: number; readonly high: number };
}

export interface FigureSeries {
  readonly label: string;
  /** What else its line of the legend says: its law, how many measurements. */
  readonly detail: string;
  readonly points: readonly FigurePoint[];
  readonly line?: FigureLine | undefined;
  readonly ideal?: ((x: number) => number) | undefined;
  /** A place on the horizontal axis worth naming: n_half. */
  readonly marked?: { readonly x: number; readonly words: string } | undefined;
}

/** A chart for a paper: everything that is on it, its legend and notes included. */
export interface Figure {
  readonly title: string;
  /** Always logarithmic. */
  readonly x: { readonly title: string };
  /** Titles carry the unit. */
  readonly y: { readonly title: string; readonly scale: 'log' | 'linear' };
  readonly series: readonly FigureSeries[];
  /** What the marks mean, a line each below the legend. */
  readonly notes: readonly string[];
}

export const figureWidth = 640;
const frame = { left: 64, right: 18, top: 44, plot: 300, axis: 44, line: 18 };
const ink = { text: '#1b1d1f', quiet: '#53595f', grid: '#e4e6e3', axis: '#8b918f' };
/** Told apart by those who confuse red and green, and by their lightness in print; each has a mark of its own too. */
const colours = ['#1768ac', '#c4540a', '#0f9b84', '#5e2768', '#a8840b', '#9c2431'];
const font = 'font-family="Inter, \'Helvetica Neue\', Helvetica, Arial, sans-serif"';

/**
 * A figure as one SVG file that needs nothing beside it: white ground, legend and units in it, no style sheet, no
 * script. Deterministic: the same figure is the same text.
 */
export function figureSvg(figure: Figure): string {
  const { series, y } = figure;
  const xs = series.flatMap((one) => [
    ...one.points.map((point) => point.x),
    ...(one.line ? [one.line.from, one.line.to] : []),
  ]);
  const across = logRange(xs, 1.15);
  const upward = rangeUpward(figure);
  const width = figureWidth - frame.left - frame.right;
  const bottom = frame.top + frame.plot;
  const X = (x: number) => px(frame.left + width * share(x, across, 'log'));
  const Y = (value: number) =>
    px(bottom - frame.plot * share(Math.min(Math.max(value, upward[0]), upward[1]), upward, y.scale));
  const legend = legendOf(figure, bottom + frame.axis + 12);
  const height = bottom + frame.axis + 12 + legend.height;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${figureWidth}" height="${height}" viewBox="0 0 ${figureWidth} ${height}" role="img" ${font} font-size="12" fill="${ink.text}">`,
    `<title>${escaped(figure.title)}</title>`,
    `<rect width="${figureWidth}" height="${height}" fill="#ffffff"/>`,
    `<text x="${frame.left}" y="18" font-size="14" font-weight="600">${escaped(clipped(figure.title, 76))}</text>`,
    `<text x="${frame.left}" y="36" fill="${ink.quiet}">${escaped(y.title)}</text>`,
    ...ticksUpward(upward, y.scale).map(
      (tick) =>
        `<path d="M${frame.left} ${Y(tick)}h${width}" stroke="${ink.grid}"/><text x="${frame.left - 8}" y="${px(Y(tick) + 4)}" text-anchor="end" fill="${ink.quiet}">${number(tick)}</text>`,
    ),
    ...powerTicks(across, 12).map(
      (tick) =>
        `<path d="M${X(tick)} ${bottom}v5" stroke="${ink.axis}"/><text x="${X(tick)}" y="${bottom + 19}" text-anchor="middle" fill="${ink.quiet}">${number(tick, 6)}</text>`,
    ),
    `<path d="M${frame.left} ${bottom}h${width}" stroke="${ink.axis}"/>`,
    `<text x="${frame.left + width}" y="${bottom + 37}" text-anchor="end" fill="${ink.quiet}">${escaped(figure.x.title)}</text>`,
    ...series.map((one, index) => linesOf(one, index, across, upward, X, Y, bottom)),
    ...series.map((one, index) => pointsOf(one, index, X, Y)),
    ...legend.lines,
    '</svg>',
    '',
  ].join('\n');
}

function rangeUpward({ series, y }: Figure): Range {
  const values = series.flatMap(({ points, line }) => [
    ...points.flatMap((point) => [point.low, point.y, point.high]),
    ...(line ? [line.at(line.from), line.at(line.to)] : []),
  ]);
  if (y.scale === 'log') return logRange(values, 1.35);
  return [
    0,
    1.05 * values.reduce((most, value) => (Number.isFinite(value) ? Math.max(most, value) : most), 1),
  ];
}

function ticksUpward(range: Range, scale: Figure['y']['scale']): number[] {
  return scale === 'log' ? decadeTicks(range) : evenTicks(range);
}

type Place = (value: number) => number;

function linesOf(
  one: FigureSeries,
  index: number,
  across: Range,
  upward: Range,
  X: Place,
  Y: Place,
  bottom: number,
): string {
  const colour = colours[index % colours.length];
  const { line, ideal, marked } = one;
  const path = (at: Place, from: number, to: number) => {
    const on = samples(from, to).filter(
      (x) => at(x) >= upward[0] * (1 - 1e-9) && at(x) <= upward[1] * (1 + 1e-9),
    );
    return on.length < 2 ? '' : `M${on.map((x) => `${X(x)} ${Y(at(x))}`).join('L')}`;
  };
  const drawn = (d: string, look: string) => (d === '' ? '' : `<path d="${d}" fill="none" ${look}/>`);
  const parts: string[] = [];
  const first = one.points.reduce(
    (least, point) => Math.min(least, point.x),
    line?.from ?? Number.POSITIVE_INFINITY,
  );
  if (ideal && Number.isFinite(first))
    parts.push(drawn(path(ideal, first, across[1]), `stroke="${ink.axis}" stroke-dasharray="2 4"`));
  if (line) {
    const { band } = line;
    if (band) {
      const xs = samples(line.from, line.to);
      const edge = [
        ...xs.map((x) => `${X(x)} ${Y(band(x).high)}`),
        ...xs.toReversed().map((x) => `${X(x)} ${Y(band(x).low)}`),
      ];
      parts.push(`<path d="M${edge.join('L')}Z" fill="${colour}" fill-opacity="0.13"/>`);
    }
    const at = (x: number) => line.at(x);
    const solid = Math.min(line.solidTo, line.to);
    if (solid > line.from)
      parts.push(drawn(path(at, line.from, solid), `stroke="${colour}" stroke-width="1.75"`));
    if (line.to > solid)
      parts.push(
        drawn(
          path(at, Math.max(solid, line.from), line.to),
          `stroke="${colour}" stroke-width="1.75" stroke-dasharray="5 4"`,
        ),
      );
    if (marked && marked.x >= across[0] && marked.x <= across[1])
      parts.push(
        `<path d="M${X(marked.x)} ${Y(at(marked.x))}V${bottom}" stroke="${colour}" stroke-dasharray="1 3"/>`,
        `<text x="${px(X(marked.x) + 4)}" y="${bottom - 6 - 14 * (index % 3)}" fill="${colour}" font-size="11" stroke="#ffffff" stroke-width="3" paint-order="stroke">${escaped(marked.words)}</text>`,
      );
  }
  return parts.filter((part) => part !== '').join('\n');
}

function pointsOf({ points }: FigureSeries, index: number, X: Place, Y: Place): string {
  const colour = colours[index % colours.length];
  return points
    .map(({ x, y, low, high, hollow }) => {
      const bar =
        high > low
          ? `<path d="M${X(x)} ${Y(low)}V${Y(high)}M${px(X(x) - 4)} ${Y(low)}h8M${px(X(x) - 4)} ${Y(high)}h8" stroke="${colour}" stroke-width="1.2" fill="none"/>`
          : '';
      return `${bar}${mark(index, X(x), Y(y), hollow)}`;
    })
    .join('\n');
}

const outlines = [
  'M-4.5 0A4.5 4.5 0 1 0 4.5 0A4.5 4.5 0 1 0-4.5 0Z',
  'M-4-4H4V4H-4Z',
  'M0-5.6L5.6 0L0 5.6L-5.6 0Z',
  'M0-5L5.2 3.6L-5.2 3.6Z',
  'M5 0L2.5 4.3L-2.5 4.3L-5 0L-2.5-4.3L2.5-4.3Z',
  'M0 5L5.2-3.6L-5.2-3.6Z',
];

function mark(index: number, x: number, y: number, hollow: boolean): string {
  const colour = colours[index % colours.length];
  const look = hollow ? `fill="#ffffff" stroke="${colour}" stroke-width="1.75"` : `fill="${colour}"`;
  return `<path d="${outlines[index % outlines.length]}" transform="translate(${x} ${y})" ${look}/>`;
}

/** A line a series, then the notes. */
function legendOf({ series, notes }: Figure, top: number): { lines: string[]; height: number } {
  const lines = series.map((one, index) => {
    const at = top + frame.line * index;
    const detail = one.detail
      ? `<tspan fill="${ink.quiet}" dx="8">${escaped(clipped(one.detail, 96 - one.label.length))}</tspan>`
      : '';
    return `${mark(index, frame.left + 6, at, false)}<text x="${frame.left + 18}" y="${at + 4}"><tspan font-weight="600">${escaped(clipped(one.label, 60))}</tspan>${detail}</text>`;
  });
  const below = top + frame.line * series.length + 4;
  const rows = notes.flatMap((note) => wrapped(note, 98));
  const written = rows.map(
    (row, index) =>
      `<text x="${frame.left}" y="${below + 4 + 15 * index}" fill="${ink.quiet}" font-size="11">${escaped(row)}</text>`,
  );
  return { lines: [...lines, ...written], height: frame.line * series.length + 15 * rows.length + 14 };
}

function wrapped(text: string, most: number): string[] {
  const rows: string[] = [];
  for (const word of text.split(' ')) {
    const last = rows.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= most)
      rows[rows.length - 1] = `${last} ${word}`;
    else rows.push(word);
  }
  return rows;
}

function samples(from: number, to: number): number[] {
  return Array.from({ length: 61 }, (_, k) => from * (to / from) ** (k / 60));
}

function share(value: number, [low, high]: Range, scale: 'log' | 'linear'): number {
  return scale === 'log' ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
}

function px(value: number): number {
  return Math.round(value * 10) / 10;
}

function clipped(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, Math.max(1, most - 1))}…` : text;
}

/** Text as XML holds it; characters XML cannot hold are left out. */
function escaped(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}
