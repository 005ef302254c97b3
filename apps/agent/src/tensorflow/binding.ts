import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LackingError } from '@litmatter/protocol';
import { missingWords } from '../backends/missing.ts';
import { lastWords } from '../backends/npm.ts';
import { runTool } from '../backends/tool.ts';
import { type Building, packageFolder } from './package.ts';
import { findCompiler, missingForWheel } from './prerequisites.ts';
import { libraryNames } from './wheel.ts';

/** The version of Node-API the binding asks for: every Node from 12.22 has it, so one build serves them all. */
const nodeApi = 8;

const sources = ['tfjs_backend', 'tfjs_binding'] as const;

/**
 * Compile the npm package's binding against the libraries in its `deps` folder. Not with node-gyp, which would want
 * make and download Node's headers: the binding uses Node-API alone, and its headers come as an npm package.
 *
 * @throws LackingError where there is no compiler, or with its own words where it fails
 */
export async function compileBinding(building: Building): Promise<void> {
  const { env, report } = building;
  const compiler = await findCompiler(env);
  if (compiler === undefined) {
    throw new LackingError(`The binding cannot be compiled: ${missingWords(await missingForWheel(env))}.`);
  }
  const home = packageFolder(building);
  const output = join(home, 'lib', `napi-v${nodeApi}`);
  mkdirSync(output, { recursive: true });
  separateThreads(home);
  report.say('compile', `Compiling the binding with ${compiler}`);
  const flags = [
    ...['-std=c++17', '-O2', '-fPIC', `-DNAPI_VERSION=${nodeApi}`, '-DNODE_GYP_MODULE_NAME=tfjs_binding'],
    ...['-I', join(building.folder, 'node_modules', 'node-api-headers', 'include')],
    ...['-I', join(home, 'deps', 'include')],
  ];
  const object = (name: string) => join(output, `${name}.o`);
  await Promise.all(
    sources.map((name) =>
      compile(building, compiler, [...flags, '-c', join(home, 'binding', `${name}.cc`), '-o', object(name)]),
    ),
  );
  report.say('compile', 'Linking the binding');
  await compile(building, compiler, [
    ...sources.map(object),
    ...libraryNames().map((name) => join(home, 'deps', 'lib', name)),
    ...linkFlags(),
    '-o',
    join(output, 'tfjs_binding.node'),
  ]);
}

/** The libraries are found relative to the binding, so that the folder can be moved. */
function linkFlags(platform: NodeJS.Platform = process.platform): string[] {
  if (platform === 'darwin') {
    return ['-bundle', '-undefined', 'dynamic_lookup', '-Wl,-rpath,@loader_path/../../deps/lib'];
  }
  // Node unloads an addon with the worker thread that loaded it, but TensorFlow's own threads run on: nodelete.
  return ['-shared', '-Wl,-rpath,$ORIGIN/../../deps/lib', '-Wl,-z,nodelete'];
}

async function compile(building: Building, compiler: string, args: readonly string[]): Promise<void> {
  const { env, signal } = building;
  const { code, output } = await runTool(compiler, args, { env, ...(signal && { signal }) });
  if (code === 0) return;
  const errors = output.split('\n').filter((line) => /error/i.test(line));
  throw new LackingError(
    `${compiler} could not build the binding: ${lastWords(errors.length > 0 ? errors.join('\n') : output, 3)}`,
  );
}

const sharedTable = 'static std::set<std::string> ATTR_NAME_SET;';

/**
 * Give each thread its own table of attribute names. The package keeps one for the process and adds to it without a
 * lock, which two ranks as threads would sooner or later do at the same moment.
 */
function separateThreads(home: string): void {
  const path = join(home, 'binding', 'tfjs_backend.cc');
  const source = readFileSync(path, 'utf8');
  if (!source.includes(sharedTable)) {
    throw new LackingError(
      `The source of the binding (${path}) is not the one this LitMatter knows how to build.`,
    );
  }
  writeFileSync(path, source.replace(sharedTable, sharedTable.replace('static', 'static thread_local')));
}
