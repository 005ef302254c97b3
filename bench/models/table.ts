import type { Outcome } from './compare.ts';

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

const columns = [
  'model',
  'computed by',
  'ranks x threads',
  'seconds a step',
  'least - most',
  'ours / PyG',
  'wanted',
  'launches',
  'memory, GB',
];

/** The ratios FAST_MODELS asks for, by backend: tensorflow and wasm each on both cores. */
const wanted: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  tensorflow: { schnet: 0.5, nnconv: 0.08, dimenet: 0.12, pna: 0.25 },
  wasm: { schnet: 1.5, nnconv: 0.4, dimenet: 0.4, pna: 1 },
};

function print(cells: readonly string[]): void {
  process.stdout.write(`| ${cells.join(' | ')} |\n`);
}

/** The head of the table, in Markdown. */
export function printHeader(): void {
  print(columns);
  print(columns.map(() => '---'));
}

/** A model's rows, each way's beside the first's. */
export function printRows(model: string, outcomes: readonly Outcome[], cores: number): void {
  const peer = median(outcomes[0]!.seconds);
  for (const [index, { way, seconds, launches, peakBytes }] of outcomes.entries()) {
    const own = median(seconds);
    const limit = way.ranks * way.threads === cores ? wanted[way.name]?.[model] : undefined;
    print([
      model,
      way.name,
      `${way.ranks} x ${way.threads}`,
      own.toFixed(3),
      `${Math.min(...seconds).toFixed(3)} - ${Math.max(...seconds).toFixed(3)}`,
      index === 0 ? '' : (own / peer).toFixed(3),
      limit === undefined ? '' : `<= ${limit}`,
      String(launches),
      (peakBytes / 1e9).toFixed(2),
    ]);
  }
}
