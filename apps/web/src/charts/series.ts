/** What the scaling chart draws: independent of which quantity and of where the numbers come from. */

export interface ChartPoint {
  readonly x: number;
  readonly y: number;
  /** Ends of the error bar; equal to y where there is no spread. */
  readonly low: number;
  readonly high: number;
  /** More ranks than cores or devices: drawn hollow. */
  readonly hollow: boolean;
  /** Only a warm-up epoch so far: drawn faint. */
  readonly faint: boolean;
  /** Measurements its error bar stands for. */
  readonly n?: number;
  /** Lines of the tooltip under its title, units included; asked for when it is shown. */
  tip(): readonly string[];
}

export interface ChartLine {
  at(x: number): number;
  band?(x: number): { readonly low: number; readonly high: number };
  readonly from: number;
  readonly to: number;
  /** Beyond this the line is an extrapolation, and dashed. */
  readonly solidTo: number;
}

export interface ChartSeries {
  readonly key: string;
  readonly label: string;
  /** A second line under the label: "∝ n^−0.82". */
  readonly note?: { readonly text: string; readonly exponent?: string } | undefined;
  /** Which of the series colours and marks it has, 0, 1, ... */
  readonly style: number;
  readonly points: readonly ChartPoint[];
  readonly line?: ChartLine | undefined;
  /** What perfect scaling would be. */
  readonly ideal?: ((x: number) => number) | undefined;
  /** n_half: where half of the epoch is fixed cost; marked on the axis. */
  readonly half?: number | undefined;
  /** A forecast and not a fit: its line is dashed throughout. */
  readonly forecast?: boolean;
}

const colours = 6;

export function seriesColour(style: number): string {
  return `var(--series-${(style % colours) + 1})`;
}

const marks = [circle, square, diamond, triangle, hexagon, invertedTriangle] as const;

/** The outline of a series' mark around the origin; each style has its own, so that colour is not needed to tell. */
export function markPath(style: number, radius: number): string {
  return marks[style % marks.length]!(radius);
}

function circle(r: number): string {
  return `M${-r} 0A${r} ${r} 0 1 0 ${r} 0A${r} ${r} 0 1 0 ${-r} 0Z`;
}
function square(r: number): string {
  const h = fixed(0.9 * r);
  return `M${-h} ${-h}H${h}V${h}H${-h}Z`;
}
function diamond(r: number): string {
  const h = fixed(1.25 * r);
  return `M0 ${-h}L${h} 0L0 ${h}L${-h} 0Z`;
}
function triangle(r: number): string {
  const [w, h] = [fixed(1.15 * r), fixed(1.1 * r)];
  return `M0 ${-h}L${w} ${fixed(0.8 * r)}L${-w} ${fixed(0.8 * r)}Z`;
}
function invertedTriangle(r: number): string {
  const [w, h] = [fixed(1.15 * r), fixed(1.1 * r)];
  return `M0 ${h}L${w} ${fixed(-0.8 * r)}L${-w} ${fixed(-0.8 * r)}Z`;
}
function hexagon(r: number): string {
  const corners = Array.from({ length: 6 }, (_, k) => {
    const angle = (Math.PI / 3) * k;
    return `${fixed(1.1 * r * Math.cos(angle))} ${fixed(1.1 * r * Math.sin(angle))}`;
  });
  return `M${corners.join('L')}Z`;
}

function fixed(value: number): number {
  return Number(value.toFixed(2));
}
