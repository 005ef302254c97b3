import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { InputError, id as idSchema } from '@litmatter/protocol';
import { type FigureQuantity, figureQuantities } from '@litmatter/scaling/figure';
import { Command, Option } from 'commander';
import { defaultDataFolder, ownRunFolder } from '../folders.ts';
import { type LossQuantity, lossQuantities, toCsv, toJson, toLatex, toSvg } from '../hub/export.ts';
import { Store } from '../hub/store.ts';

interface ExportFlags {
  format: 'csv' | 'json' | 'svg' | 'latex';
  quantity: FigureQuantity | LossQuantity;
  out?: string;
  data?: string;
}

/** `litmatter export`: an experiment as a file, whether or not a hub runs. */
export function exportCommand(): Command {
  return new Command('export')
    .description('write an experiment to a file or stdout')
    .argument('<experiment>', 'its id, as the list of experiments shows it')
    .addOption(
      new Option(
        '--format <format>',
        'csv: a row an epoch; json: everything; svg: the scaling chart; latex: a table of exponents',
      )
        .choices(['csv', 'json', 'svg', 'latex'])
        .makeOptionMandatory(),
    )
    .addOption(
      new Option('--quantity <name>', 'what the chart shows: against devices, or the error against a size')
        .choices([...figureQuantities, ...lossQuantities])
        .default('time'),
    )
    .option('--out <file>', 'file to write; stdout where not named')
    .option('--data <folder>', 'data folder (default: $LITMATTER_DATA, else .litmatter in this project)')
    .action((experiment: string, flags: ExportFlags) => {
      const store = storeWith(experiment, flags.data ?? defaultDataFolder());
      try {
        const text = textOf(store, experiment, flags);
        if (flags.out === undefined) process.stdout.write(text);
        else writeFileSync(flags.out, text);
      } finally {
        store.close();
      }
    });
}

function textOf(store: Store, experiment: string, { format, quantity }: ExportFlags): string {
  const snapshot = store.snapshot(experiment)!;
  switch (format) {
    case 'csv':
      return toCsv(snapshot);
    case 'json':
      return `${JSON.stringify(toJson(store, experiment), null, 1)}\n`;
    case 'svg':
      return toSvg(snapshot, quantity);
    case 'latex':
      return toLatex(snapshot);
  }
}

/** The store that holds an experiment: the hub's, or that of the `litmatter run` which made it. @throws InputError */
function storeWith(experiment: string, folder: string): Store {
  if (!idSchema.safeParse(experiment).success) {
    throw new InputError(`${JSON.stringify(experiment)} is not an experiment's id.`);
  }
  const files = [folder, ownRunFolder(folder, experiment)].map((place) => join(place, 'hub.sqlite'));
  for (const file of files.filter((path) => existsSync(path))) {
    const store = new Store(file);
    if (store.summary(experiment) !== undefined) return store;
    store.close();
  }
  const own = join(folder, 'runs');
  const some = existsSync(own) ? readdirSync(own).slice(-3) : [];
  throw new InputError(
    `There is no experiment "${experiment}" in ${folder}${some.length > 0 ? ` (there is ${some.join(', ')})` : ''}: name its data folder with --data.`,
  );
}
