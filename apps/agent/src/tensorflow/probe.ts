import { fileURLToPath } from 'node:url';
import { cpuWords, tensorflowEnvironment } from '@litmatter/models/tensorflow';
import { LackingError } from '@litmatter/protocol';
import { z } from 'zod';
import { askChild } from '../backends/ask-child.ts';
import { lastWords } from '../backends/npm.ts';

const program = fileURLToPath(new URL('probe-child.ts', import.meta.url));

const answer = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(false), message: z.string() }),
  z.object({
    ok: z.literal(true),
    gpu: z.boolean(),
    device: z.string(),
    library: z.string(),
    difference: z.number(),
  }),
]);

/** What an installation truly computes on, found by computing with it. */
export interface Probed {
  readonly gpu: boolean;
  /** "CPU, 2 threads, oneDNN with Intel AVX-512", "Tesla V100-SXM2-32GB" */
  readonly device: string;
  readonly library: string;
  /** The vector instructions oneDNN has chosen on this CPU; null where it does not say. */
  readonly instructions: string | null;
}

export interface ProbeOptions {
  readonly threads: number;
  readonly env?: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal;
}

/**
 * Load an installation in a process of its own, compute a product and its gradients there, and read in TensorFlow's
 * own log what it computed them on.
 *
 * @throws LackingError where it is not there, does not load, computes wrongly, or would leave a GPU idle
 */
export async function probeTensorflow(folder: string, options: ProbeOptions): Promise<Probed> {
  const { threads, env = process.env, signal } = options;
  const { said, output } = await askChild({
    ...{ what: `The TensorFlow backend in ${folder}`, program, folder, answer, signal },
    env: {
      ...env,
      ...tensorflowEnvironment({ threadsPerRank: threads }, env),
      TF_CPP_MIN_LOG_LEVEL: '0',
      ONEDNN_VERBOSE: '1',
    },
  });
  if (!said.ok) {
    const warnings = warningsIn(output);
    throw new LackingError(
      warnings.length === 0
        ? said.message
        : `${said.message} TensorFlow says: ${lastWords(warnings.join('\n'))}`,
    );
  }
  const { gpu, library } = said;
  const instructions = instructionsIn(output);
  const device = gpu ? (gpuIn(output) ?? said.device) : cpuWords(threads, instructions);
  return { gpu, device, library, instructions };
}

/** oneDNN's own word for the instructions it uses: "onednn_verbose,v1,info,cpu,isa:Intel AVX-512 ...". */
export function instructionsIn(log: string): string | null {
  const said = /onednn_verbose,.*\bisa:([^,\n]+)/.exec(log)?.[1]?.trim();
  return said === undefined ? null : said.replace(/ (?:with|and) .*$/, '');
}

/** The GPU TensorFlow created last: that is the one the binding computes on. */
export function gpuIn(log: string): string | undefined {
  return [...log.matchAll(/Created device .*\bname: ([^,\n]+)/g)].at(-1)?.[1]?.trim();
}

/** TensorFlow's warnings and errors, without their time and place. */
export function warningsIn(log: string): string[] {
  return log.split('\n').flatMap((line) => {
    const said = /^(?:[WEF]\d{4} |\d{4}-\d\d-\d\d .*?: [WEF] ).*?\] ?(.+)$/.exec(line)?.[1];
    return said === undefined ? [] : [said];
  });
}
