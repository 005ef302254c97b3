import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decode, LackingError } from '@litmatter/protocol';
import { z } from 'zod';
import { bytesIn } from '../backends/bytes.ts';
import { lastWords } from '../backends/npm.ts';
import { runTool } from '../backends/tool.ts';
import { type Building, packageFolder } from './package.ts';

const extractor = fileURLToPath(new URL('extract.py', import.meta.url));
const progressLine = z.object({ bytes: z.number(), total: z.number() });

/** The release the binding was seen to work with; where it is not to be had, any from the one after `oldest`. */
const release = '2.21';
const oldest = '2.16';

/**
 * The pip requirements to try, in order: TensorFlow without CUDA has a package of its own on Linux, and elsewhere
 * TensorFlow has no CUDA anyway.
 */
export function requirements(cuda: boolean, platform: NodeJS.Platform = process.platform): string[] {
  const names = cuda || platform !== 'linux' ? ['tensorflow'] : ['tensorflow-cpu', 'tensorflow'];
  return names.flatMap((name) => [`${name}==${release}.*`, `${name}>=${oldest},<3`]);
}

/** The Pythons to ask for wheels of: the library inside does not depend on which, but not every one has a wheel. */
const pythons = [undefined, '3.12', '3.11', '3.10', '3.13'] as const;

/** NVIDIA's packages among what a wheel says it requires with the extra "and-cuda", as pip requirements. */
export function cudaRequirements(metadata: string): string[] {
  return metadata.split(/\r?\n/).flatMap((line) => {
    const match = /^Requires-Dist:\s*(nvidia-[^;]+);.*extra\s*==\s*['"]and-cuda['"]/i.exec(line);
    return match ? [match[1]!.replaceAll(/[()\s]/g, '')] : [];
  });
}

/**
 * Download TensorFlow's wheel (and CUDA's, where wanted) with pip and take the libraries and headers into the
 * package's `deps` folder, where its binding looks for them.
 *
 * @returns the wheel's file name
 * @throws LackingError where pip finds none or its index cannot be reached
 */
export async function fetchLibrary(building: Building): Promise<string> {
  const downloads = join(building.folder, 'wheels');
  mkdirSync(downloads, { recursive: true });
  const wheel = await downloadTensorflow(building, downloads);
  if (building.cuda) {
    const needs = cudaRequirements(await readMetadata(building, wheel));
    if (needs.length === 0) {
      throw new LackingError(
        `${basename(wheel)} names no CUDA libraries: there is no CUDA build of TensorFlow for this platform.`,
      );
    }
    const { code, output } = await download(building, downloads, needs);
    if (code !== 0) throw new LackingError(`pip could not get the CUDA libraries: ${lastWords(output)}`);
  }
  await extract(building, downloads);
  rmSync(downloads, { recursive: true });
  return basename(wheel);
}

async function downloadTensorflow(building: Building, downloads: string): Promise<string> {
  let said = '';
  for (const requirement of requirements(building.cuda)) {
    for (const python of pythons) {
      const { code, output } = await download(building, downloads, [requirement], python);
      if (code === 0) return theWheel(downloads);
      said ||= output;
      // Another Python or release helps only where pip searched and found nothing.
      if (!/No matching distribution|Could not find a version/i.test(output)) {
        throw new LackingError(`pip could not get ${requirement}: ${lastWords(output)}`);
      }
    }
  }
  const unreachable = /NewConnectionError|ConnectTimeout|ProxyError|SSLError|Name or service not known/.test(
    said,
  );
  throw new LackingError(
    unreachable
      ? `pip cannot reach its package index, so TensorFlow cannot be downloaded: ${lastWords(said, 1)} Is there a proxy or a mirror to name (pip config set global.index-url ...)?`
      : `pip finds no TensorFlow for this machine (${process.platform} ${process.arch}): ${lastWords(said, 1)}`,
  );
}

function theWheel(downloads: string): string {
  const name = readdirSync(downloads).find((file) => /^tensorflow.*\.whl$/.test(file));
  if (name === undefined) throw new LackingError(`pip downloaded no wheel of TensorFlow into ${downloads}.`);
  return join(downloads, name);
}

function download(building: Building, downloads: string, what: readonly string[], python?: string) {
  const { folder, env, report, signal } = building;
  const scratch = join(folder, 'pip');
  mkdirSync(scratch, { recursive: true });
  let message = `Asking pip for ${what.length === 1 ? what[0] : `${what.length} CUDA packages`}`;
  let total: number | undefined;
  const tell = () => report.say('download', message, bytesIn(scratch) + bytesIn(downloads), total);
  report.say('download', message);
  return runTool(
    'python3',
    [
      ...['-m', 'pip', 'download', '--no-deps', '--only-binary=:all:', '--no-cache-dir'],
      ...['--progress-bar', 'off', '--disable-pip-version-check', '--dest', downloads],
      ...(python === undefined ? [] : ['--python-version', python]),
      ...what,
    ],
    {
      // Pip writes what it is downloading below TMPDIR: here there is room, and what was written can be counted.
      env: { ...env, TMPDIR: scratch },
      ...(signal && { signal }),
      onLine: (line) => {
        if (/: Retrying \(/.test(line)) report.say('download', 'Its index does not answer pip: trying again');
        const begun = /^\s*(?:Downloading|Processing) (\S+\.whl)(?: \(([\d.]+) ([kMG])B\))?/.exec(line);
        if (!begun) return;
        message = `Downloading ${basename(begun[1]!)}`;
        const size = begun[2] === undefined ? undefined : Number(begun[2]) * unit[begun[3]!]!;
        if (size !== undefined) total = bytesIn(downloads) + size;
        tell();
      },
      onTick: tell,
    },
  );
}

const unit: Readonly<Record<string, number>> = { k: 1e3, M: 1e6, G: 1e9 };

async function readMetadata({ env, signal }: Building, wheel: string): Promise<string> {
  const script =
    'import sys, zipfile; w = zipfile.ZipFile(sys.argv[1]); n = next(n for n in w.namelist() if n.endswith(".dist-info/METADATA")); print("\\n".join(l for l in w.read(n).decode().splitlines() if l.startswith("Requires-Dist")))';
  const { code, output } = await runTool('python3', ['-c', script, wheel], {
    env,
    ...(signal && { signal }),
  });
  if (code !== 0) throw new LackingError(`${basename(wheel)} cannot be read: ${lastWords(output)}`);
  return output;
}

async function extract(building: Building, downloads: string): Promise<void> {
  const { env, report, signal } = building;
  const target = join(packageFolder(building), 'deps');
  const wheels = readdirSync(downloads).filter((file) => file.endsWith('.whl'));
  report.say('unpack', 'Unpacking the libraries');
  const { code, output } = await runTool(
    'python3',
    [
      extractor,
      target,
      join(packageFolder(building), 'binding'),
      ...wheels.map((name) => join(downloads, name)),
    ],
    {
      env,
      ...(signal && { signal }),
      onLine: (line) => {
        if (!line.startsWith('{')) return;
        const { bytes, total } = decode(progressLine, JSON.parse(line), 'extract.py');
        report.say('unpack', 'Unpacking the libraries', bytes, total);
      },
    },
  );
  if (code !== 0) throw new LackingError(`The wheel could not be unpacked: ${lastWords(output)}`);
  checkUnpacked(target);
}

/** Names of the two libraries inside the wheels, by platform. */
export function libraryNames(platform: NodeJS.Platform = process.platform): [string, string] {
  const end = platform === 'darwin' ? '2.dylib' : 'so.2';
  return [`libtensorflow_cc.${end}`, `libtensorflow_framework.${end}`];
}

function checkUnpacked(target: string): void {
  for (const path of [
    ...libraryNames().map((name) => join('lib', name)),
    join('include', 'tensorflow', 'c', 'c_api.h'),
  ]) {
    if (existsSync(join(target, path))) continue;
    throw new LackingError(
      `The wheel of TensorFlow holds no ${path}: it is laid out in a way not known here.`,
    );
  }
}
