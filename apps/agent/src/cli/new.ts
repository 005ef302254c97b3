import { Argument, Command } from 'commander';
import { configName } from '../config.ts';
import { beginFrom, type SkeletonKind, skeletonKinds } from '../skeleton.ts';

/** `litmatter new`: a model, data set or law of one's own, begun from a skeleton that works. */
export function newCommand(): Command {
  return new Command('new')
    .description('begin a model, data set or law of your own: a working skeleton in this folder')
    .addArgument(new Argument('<kind>', 'what it is').choices([...skeletonKinds]))
    .argument('<name>', 'what it is called')
    .action((kind: SkeletonKind, name: string) => {
      const { files, entry } = beginFrom(kind, name, process.cwd());
      const lines = [`Written: ${files.join(', ')}.`];
      if (entry !== undefined) lines.push(`Add it to ${configName}: ${entry}`);
      lines.push(next[kind](name));
      process.stdout.write(`${lines.join('\n')}\n`);
    });
}

const next: Readonly<Record<SkeletonKind, (name: string) => string>> = {
  model: (name) => `Train it: litmatter run ${name}.yaml`,
  dataset: (name) =>
    `See what it needs: litmatter dataset info ${name}. Train on it: litmatter run ${name}.yaml`,
  law: (name) => `Fit it: litmatter fit POINTS.csv --law ${name}.ts`,
};
