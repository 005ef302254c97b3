import {
  type DatasetDefinition,
  datasetCard,
  findDataset,
  loadDataset,
  type MoleculeSet,
  nameAndUnit,
  targetStatistics,
} from '@litmatter/molecules';
import {
  allDatasets,
  dataFolderDatasets,
  type ImportReport,
  importMolecules,
} from '@litmatter/molecules/node';
import { type DatasetCard, InputError, type TargetCard } from '@litmatter/protocol';
import { Command } from 'commander';
import { configFile, loadRegistry, type Registry } from '../config.ts';
import { datasetFolder, defaultDataFolder } from '../folders.ts';
import { download } from './dataset-download.ts';
import { printTable } from './report.ts';
import { bytesText, counted } from './words.ts';

interface DatasetFlags {
  data?: string;
  config?: string;
  json?: boolean;
}

/** `litmatter dataset`: what there is to train on. */
export function datasetCommand(): Command {
  const command = new Command('dataset').description('list, describe, download, import and verify data sets');
  const sub = (name: string, description: string) =>
    command
      .command(name)
      .description(description)
      .option('--data <folder>', 'data folder (default: $LITMATTER_DATA, else .litmatter in this project)')
      .option('--config <file>', 'a litmatter.config.ts (default: the nearest one upward)')
      .option('--json', 'one JSON object a line on stdout');

  sub('list', 'every data set, and whether it is here').action(async (flags: DatasetFlags) => {
    const datasets = await everyDataset(flags);
    const context = dataFolderDatasets(folderOf(flags));
    const cards = await Promise.all(datasets.map((dataset) => datasetCard(dataset, context)));
    if (flags.json) for (const card of cards) printLine(card);
    else {
      printTable(
        ['name', 'here', 'molecules', 'size', 'targets', 'title'],
        cards.map((card) => [
          card.name,
          card.available ? 'yes' : 'no',
          card.molecules === null ? '-' : String(card.molecules),
          card.bytes === null ? '-' : bytesText(card.bytes),
          String(card.targets.length),
          card.title,
        ]),
      );
      for (const { mend } of cards) if (mend !== null) process.stdout.write(`${mend}\n`);
    }
  });

  sub('info', 'a data set with its targets and their statistics')
    .argument('<name>')
    .action(async (name: string, flags: DatasetFlags) => {
      const dataset = await named(name, flags);
      const context = dataFolderDatasets(folderOf(flags));
      const card = await datasetCard(dataset, context);
      const targets: DescribedTarget[] = card.available
        ? statistics(card, await loadDataset(dataset, context))
        : card.targets;
      if (flags.json) printLine({ ...card, targets });
      else {
        const { title, description, licence, source, mend } = card;
        process.stdout.write(
          `${title} (${card.name})\n${description}\nLicence: ${licence}. Source: ${source}.\n`,
        );
        for (const line of holdings(card)) process.stdout.write(`${line}\n`);
        if (mend !== null) process.stdout.write(`Not here. ${mend}\n`);
        printTable(
          ['target', 'unit', 'mean', 'std', 'title'],
          targets.map((target) => [
            `${target.name}${target.name === card.defaultTarget ? ' *' : ''}`,
            target.unit,
            target.mean?.toPrecision(4) ?? '-',
            target.std?.toPrecision(4) ?? '-',
            target.title,
          ]),
        );
      }
    });

  sub('download', "bring a data set's official files (qm9, zinc); goes on where it was broken off")
    .argument('<name>')
    .option('--subset', 'only the part of its benchmark: the 12,000 molecules of ZINC')
    .option(
      '--from <url>',
      "another folder by http(s) that has the files under their names (default: the site's mirror)",
    )
    .action(async (name: string, flags: DatasetFlags & { subset?: boolean; from?: string }) => {
      const { datasets, site } = await registryOf(flags);
      const dataset = findDataset(datasets, name);
      const { mend } = await datasetCard(dataset, dataFolderDatasets(folderOf(flags)));
      const report = await download({
        name,
        dataFolder: folderOf(flags),
        subset: flags.subset ?? false,
        from: flags.from ?? site.mirrors[name],
        json: flags.json ?? false,
        otherwise: mend,
      });
      if (report) printReport(report, flags, 'Downloaded');
    });

  sub(
    'import',
    'make a data set of your own files: .sdf, .xyz, .csv with a smiles column, .jsonl graphs, QM9',
  )
    .argument('<file...>', 'its files, gzipped or not')
    .requiredOption('--name <name>', 'what the data set is called from then on')
    .option(
      '--targets <names>',
      'only these targets, with commas, units too: "gap [eV],mu"; the first is trained on by default',
    )
    .action(async (files: string[], flags: DatasetFlags & { name: string; targets?: string }) => {
      const targets = flags.targets?.split(',').map((text) => {
        const { name, unit } = nameAndUnit(text.trim());
        return { name, ...(unit && { unit }) };
      });
      const request = { name: flags.name, files, ...(targets && { targets }) };
      printReport(await importMolecules(request, folderOf(flags)), flags, 'Imported');
    });

  sub('verify', 'read a data set through, from its own files')
    .argument('<name>')
    .action(async (name: string, flags: DatasetFlags) => {
      const set = await loadDataset(await named(name, flags), dataFolderDatasets(folderOf(flags)));
      checkFinite(name, set);
      const facts = {
        name,
        molecules: set.size,
        atoms: set.atomicNumbers.length,
        bonds: set.bondOrders.length,
      };
      if (flags.json) printLine({ ...facts, valid: true });
      else {
        process.stdout.write(
          `${name} is whole: ${counted(set.size, 'molecule')}, ${counted(facts.atoms, 'atom')}, ${counted(facts.bonds, 'bond')}, every target finite.\n`,
        );
      }
    });
  return command;
}

function printReport(report: ImportReport, { json }: DatasetFlags, verb: string): void {
  if (json) {
    printLine(report);
    return;
  }
  const { name, molecules, atoms, split, notes } = report;
  const parts =
    split && `, ${split.train} for training, ${split.validation} for validation, ${split.test} for test`;
  process.stdout.write(
    `${verb} ${counted(molecules, 'molecule')} of ${counted(atoms, 'atom')} as "${name}"${parts ?? ''}.\n`,
  );
  process.stdout.write(`Targets: ${report.targets.map((target) => target.name).join(', ')}.\n`);
  for (const note of notes) process.stderr.write(`${note}\n`);
}

function folderOf(flags: DatasetFlags): string {
  return datasetFolder(flags.data ?? defaultDataFolder());
}

async function named(name: string, flags: DatasetFlags): Promise<DatasetDefinition> {
  return findDataset(await everyDataset(flags), name);
}

/** With the data sets that were imported. */
async function registryOf(flags: DatasetFlags): Promise<Registry> {
  const registry = await loadRegistry(configFile(flags.config));
  return { ...registry, datasets: await allDatasets(registry.datasets, folderOf(flags)) };
}

async function everyDataset(flags: DatasetFlags): Promise<readonly DatasetDefinition[]> {
  return (await registryOf(flags)).datasets;
}

/** What a data set holds, as far as it is known without loading it. */
function* holdings({ molecules, contents, split }: DatasetCard): Generator<string> {
  if (molecules !== null) {
    const all = Object.entries(contents ?? {});
    const held = [
      ...all.filter(([, there]) => there).map(([what]) => what),
      ...all.filter(([, there]) => !there).map(([what]) => `no ${what}`),
    ];
    yield `${counted(molecules, 'molecule')}${held.length > 0 ? ` with ${held.join(' and ')}` : ''}.`;
  }
  if (split) {
    const { train, validation, test } = split;
    yield `Its own split, "official": ${train} for training, ${validation} for validation, ${test} for test.`;
  }
}

interface DescribedTarget extends TargetCard {
  readonly mean?: number;
  readonly std?: number;
}

/** The card's targets with mean and standard deviation over all molecules. */
function statistics(card: DatasetCard, set: MoleculeSet): DescribedTarget[] {
  const all = Uint32Array.from({ length: set.size }, (_, m) => m);
  return card.targets.map((target) => ({ ...target, ...targetStatistics(set, target.name, all) }));
}

/** @throws InputError naming the first number that is none */
function checkFinite(name: string, set: MoleculeSet): void {
  for (const [target, { values }] of Object.entries(set.targets)) {
    const at = values.findIndex((value) => !Number.isFinite(value));
    if (at >= 0) throw new InputError(`${name}: the target "${target}" of molecule ${at} is not a number.`);
  }
  const at = set.positions?.findIndex((value) => !Number.isFinite(value)) ?? -1;
  if (at >= 0) throw new InputError(`${name}: a coordinate of atom ${Math.floor(at / 3)} is not a number.`);
}

function printLine(value: object): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}
