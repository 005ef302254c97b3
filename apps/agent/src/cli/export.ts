import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { InputError, id as idSchema } from '@litmatter/protocol';
import { Command, Option } from 'commander';
import { defaultDataFolder, ownRunFolder } from '../folders.ts';
import { toCsv, toJson } from '../hub/export.ts';
import { Store } from '../hub/store.ts';

interface ExportFlags {
  format: 'csv' | 'json';
  out?: string;
  data?: string;
}

/** `litmatter export`: an experiment as a file, whether or not a hub runs. */
export function exportCommand(): Command {
  return new Command('export')
    .description('write an experiment to a file or stdout')
    .argument('<experiment>', 'its id, as the list of experiments shows it')
    .addOption(
      new Option('--format <format>', 'csv: a row an epoch; json: everything')
        .choices(['csv', 'json'])
        .makeOptionMandatory(),
    )
    .option('--out <file>', 'file to write; stdout where not named')
    .option('--data <folder>', 'data folder (default: $LITMATTER_DATA, else .litmatter in this project)')
    .action((experiment: string, flags: ExportFlags) => {
      const store = storeWith(experiment, flags.data ?? defaultDataFolder());
      try {
        const text =
          flags.format === 'csv'
            ? toCsv(store.snapshot(experiment)!)
            : `${JSON.stringify(toJson(store, experiment), null, 1)}\n`;
        if (flags.out === undefined) process.stdout.write(text);
        else writeFileSync(flags.out, text);
      } finally {
        store.close();
      }
    });
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
