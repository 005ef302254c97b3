import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '@litmatter/protocol';
import { describe, expect, it } from 'vitest';
import { readSpecFile } from '../src/cli/spec-file.ts';
import { configName } from '../src/config.ts';
import { beginFrom, type SkeletonKind } from '../src/skeleton.ts';
import { temporaryFolder } from './support.ts';

/** A folder with a config of its own, such as this command writes it: what lies above is then of no matter. */
function folderWithConfig(text?: string): string {
  const folder = temporaryFolder();
  writeFileSync(join(folder, configName), text ?? empty);
  return folder;
}
const empty =
  "import { defineConfig } from '@litmatter/training';\n\nexport default defineConfig({ models: [], datasets: [] });\n";
const read = (folder: string, file: string) => readFileSync(join(folder, file), 'utf8');

describe('what is begun from a skeleton', () => {
  it.each<[SkeletonKind, string]>([
    ['model', 'defineModel({'],
    ['dataset', 'defineDataset({'],
    ['law', 'termLaw({'],
  ])('is a %s under its own name, with no word of the skeleton left', (kind, definition) => {
    const folder = folderWithConfig();
    beginFrom(kind, 'my-own', folder);
    const text = read(folder, 'my-own.ts');
    expect(text).toContain(`export const myOwn = ${definition}`);
    expect(text).toMatch(/name(: |\s= )'my-own'|const name = 'my-own'/);
    expect(text).not.toMatch(/skeleton|to copy|copies this file|NAME\.ts/i);
    expect(text).not.toMatch(/from '\.\.?\//);
  });

  it('keeps relative imports in the folder of the laws', () => {
    const folder = join(import.meta.dirname, '../../../packages/scaling/src/laws/');
    expect(() => beginFrom('law', 'power', folder)).toThrow(/is taken/);
    expect(() => beginFrom('law', 'SKELETON', folder)).toThrow(/SKELETON\.ts is here already/);
  });

  it('comes with a spec that can be read, whatever its name', () => {
    for (const name of ['mine', '123', 'true', '1e3', 'a.b', 'null']) {
      const folder = folderWithConfig();
      beginFrom('model', name, folder);
      expect(readSpecFile(join(folder, `${name}.yaml`)).spec.models[0]?.name).toBe(name);
      beginFrom('dataset', `${name}-data`, folder);
      expect(readSpecFile(join(folder, `${name}-data.yaml`)).spec.dataset.name).toBe(`${name}-data`);
    }
  });

  it('is entered into the config, one beside the other', () => {
    const folder = folderWithConfig();
    beginFrom('model', 'mine', folder);
    beginFrom('dataset', 'lab', folder);
    const deep = join(folder, 'deep');
    mkdirSync(deep);
    expect(beginFrom('model', 'other', deep).files).toEqual(['other.ts', 'other.yaml', `../${configName}`]);
    expect(read(folder, configName)).toBe(`import { defineConfig } from '@litmatter/training';
import { mine } from './mine.ts';
import { other } from './deep/other.ts';
import { lab } from './lab.ts';

export default defineConfig({ models: [mine, other], datasets: [lab] });
`);
  });

  it('leaves a config that a person has written as it is, and says what to add', () => {
    const own = `${empty}// Mine.\n`;
    const folder = folderWithConfig(own);
    const { files, entry } = beginFrom('model', 'mine', folder);
    expect(files).toEqual(['mine.ts', 'mine.yaml']);
    expect(entry).toBe("import { mine } from './mine.ts'; and mine in its list of models");
    expect(read(folder, configName)).toBe(own);
  });

  it.each([
    ['3d', 'model3d'],
    ['class', 'modelClass'],
    ['linear', 'modelLinear'],
    ['defineConfig', 'modelDefineConfig'],
    ['a-b_c.d', 'aBCD'],
  ])('called %s exports %s, a name that nothing else has', (name, identifier) => {
    const folder = folderWithConfig();
    beginFrom('model', name, folder);
    expect(read(folder, `${name}.ts`)).toContain(`export const ${identifier} = defineModel({`);
    expect(read(folder, configName)).toContain(`import { ${identifier} } from './${name}.ts';`);
  });

  it.each([
    ['schnet', /"schnet" is taken/],
    ['litmatter.config', /is taken/],
    ['../up', /must be 1 to 64 characters/],
    ['a b', /must be 1 to 64 characters/],
    ['', /must be 1 to 64 characters/],
  ])('is refused the name %j, and nothing is written', (name, sentence) => {
    const folder = folderWithConfig();
    expect(() => beginFrom('model', name, folder)).toThrow(InputError);
    expect(() => beginFrom('model', name, folder)).toThrow(sentence);
    expect(readdirSync(folder)).toEqual([configName]);
  });

  it('never takes the place of a file that is there', () => {
    for (const file of ['mine.ts', 'mine.yaml']) {
      const folder = folderWithConfig();
      writeFileSync(join(folder, file), 'precious');
      expect(() => beginFrom('model', 'mine', folder)).toThrow(`${file} is here already`);
      expect(readdirSync(folder).sort()).toEqual([configName, file].sort());
      expect(read(folder, file)).toBe('precious');
      expect(read(folder, configName)).toBe(empty);
    }
  });
});
