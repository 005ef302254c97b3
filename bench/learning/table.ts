import { type Cell, models, type Result, seeds } from './cells.ts';

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** The last validation MAE of both sides, a row a seed and one for their mean, as Markdown. */
export function table(results: readonly Result[]): string {
  const of = (model: Cell['model'], seed: number, side: Result['side']) =>
    results.find((one) => one.side === side && one.cell.model === model && one.cell.seed === seed);
  const rows: (readonly string[])[] = [
    ['model', 'seed', 'ours (D)', 'PyG (D)', 'ours / PyG', 'first losses differ by'],
    ['---', '---', '---:', '---:', '---:', '---:'],
  ];
  for (const model of models) {
    const pairs = seeds.flatMap((seed) => {
      const [ours, theirs] = [of(model, seed, 'ours'), of(model, seed, 'pyg')];
      if (!ours || !theirs) return [];
      const [own, other] = [ours.validationMae.at(-1)!, theirs.validationMae.at(-1)!];
      const apart = ours.losses.map((loss, k) => Math.abs(loss / theirs.losses[k]! - 1));
      rows.push([model, String(seed), ...errors(own, other), Math.max(...apart).toExponential(0)]);
      return [[own, other] as const];
    });
    if (pairs.length < 2) continue;
    rows.push([
      model,
      'mean',
      ...errors(mean(pairs.map(([own]) => own)), mean(pairs.map(([, other]) => other))),
      '',
    ]);
  }
  return `${rows.map((row) => `| ${row.join(' | ')} |`).join('\n')}\n`;
}

const errors = (own: number, other: number) => [own.toFixed(4), other.toFixed(4), (own / other).toFixed(3)];
