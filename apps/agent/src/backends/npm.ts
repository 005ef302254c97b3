import { delimiter, join } from 'node:path';

/**
 * The environment of the installation's programs: npm's own variables of an outer `npm test` or `npx` must not steer
 * the inner npm, and both Node 24 and the packages' own commands come first on the path.
 */
export function toolEnvironment(folder: string, env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(
    ([name]) => !/^npm_(config_|lifecycle|package_|command)/.test(name),
  );
  const commands = join(folder, 'node_modules', '.bin');
  const path = [commands, join(process.execPath, '..'), env.PATH ?? ''].join(delimiter);
  return { ...Object.fromEntries(kept), PATH: path };
}

/** The end of what a program said, as a sentence in another sentence. */
export function lastWords(output: string, lines = 4): string {
  const said = output
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  return said.length === 0 ? 'it said nothing.' : said.slice(-lines).join(' / ').replace(/\.?$/, '.');
}

/** That npm did not bring a package, with its own words and the likeliest cause. */
export function npmWords(name: string, output: string): string {
  return `npm could not install ${name}: ${lastWords(output)} Is the npm registry reachable from here? "npm ping" tells.`;
}
