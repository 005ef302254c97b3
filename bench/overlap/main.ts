import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

/**
 * What sending parts of a gradient ahead saves, on a real network of limited speed: two ranks in network namespaces of
 * their own, joined by a link that a token bucket holds to so many megabits a second. Steps with parts and steps at once
 * take turns in one run. Needs root, ip and tc (iproute2), Open MPI.
 *
 * npm run bench:overlap [-- MBIT ...]
 */

const rates = process.argv.slice(2).map(Number);
const measured = [
  { model: 'schnet', batch: 32, steps: 24 },
  { model: 'nnconv', batch: 16, steps: 16 },
  { model: 'dimenet', batch: 4, steps: 12 },
] as const;
/** The first of each kind touch memory and open connections. */
const unmeasured = 3;

const line = z.object({
  how: z.enum(['ahead', 'whole']),
  seconds: z.number(),
  waited: z.number(),
  floats: z.number(),
});

function lacking(sentence: string): never {
  process.stderr.write(`${sentence}\n`);
  process.exit(3);
}

if (process.getuid?.() !== 0) lacking('Namespaces and tc need root.');
for (const [program, packages] of [
  ['ip', 'iproute2'],
  ['tc', 'iproute2'],
  ['mpirun', 'openmpi-bin libopenmpi3'],
] as const) {
  const found = spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;
  if (!found) lacking(`There is no ${program} here: apt-get install -y --no-install-recommends ${packages}`);
}

/** Two "machines", 10.77.0.1 and .2, and the link between them. */
const [here, there] = ['litmatter-a', 'litmatter-b'];
const run = (program: string, ...words: string[]) =>
  execFileSync(program, words, { stdio: ['ignore', 'pipe', 2] });

function connect(): void {
  for (const name of [here, there]) run('ip', 'netns', 'add', name);
  run('ip', 'link', 'add', 'lm0', 'netns', here, 'type', 'veth', 'peer', 'name', 'lm0', 'netns', there);
  for (const [index, name] of [here, there].entries()) {
    run('ip', '-n', name, 'addr', 'add', `10.77.0.${index + 1}/24`, 'dev', 'lm0');
    // What a network card does of cutting into packets, the processor would do here, which is to compute meanwhile.
    run('ip', '-n', name, 'link', 'set', 'lm0', 'mtu', '60000');
    for (const device of ['lm0', 'lo']) run('ip', '-n', name, 'link', 'set', device, 'up');
  }
}

function limit(megabits: number): void {
  for (const name of [here, there]) {
    const bucket = ['tbf', 'rate', `${megabits}mbit`, 'burst', '256kb', 'latency', '50ms'];
    run('ip', 'netns', 'exec', name, 'tc', 'qdisc', 'replace', 'dev', 'lm0', 'root', ...bucket);
  }
}

function disconnect(): void {
  for (const name of [here, there]) spawnSync('ip', ['netns', 'del', name], { stdio: 'ignore' });
}

const folder = mkdtempSync(join(tmpdir(), 'litmatter-overlap-'));
const agent = join(folder, 'agent.sh');
// mpirun's way to another host: its first word is the host.
writeFileSync(agent, `#!/bin/sh\nshift\nexec ip netns exec ${there} sh -c "$*"\n`);
chmodSync(agent, 0o755);

function measure({ model, batch, steps }: (typeof measured)[number]): z.infer<typeof line>[] {
  const program = [process.execPath, fileURLToPath(new URL('rank.ts', import.meta.url))];
  const mca = { plm_rsh_agent: agent, btl: 'tcp,self', btl_tcp_if_include: 'lm0', oob_tcp_if_include: 'lm0' };
  const words = [
    ...['netns', 'exec', here, 'mpirun', '--allow-run-as-root', '--bind-to', 'none'],
    ...['--host', '10.77.0.1:1,10.77.0.2:1', '-np', '2'],
    ...Object.entries(mca).flatMap(([name, value]) => ['--mca', name, value]),
    ...[...program, model, String(batch), String(steps)],
  ];
  const out = execFileSync('ip', words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 2] });
  return out
    .trim()
    .split('\n')
    .map((text) => line.parse(JSON.parse(text)));
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

const ms = (seconds: number) => (1e3 * seconds).toFixed(1).padStart(9);

try {
  disconnect();
  connect();
  process.stdout.write(
    'Mbit/s  model     floats   step at once, in parts (ms)  ratio   waited at once, in parts (ms)\n',
  );
  for (const megabits of rates.length > 0 ? rates : [10_000, 1_000]) {
    limit(megabits);
    for (const one of measured) {
      const lines = measure(one);
      const of = (how: string) => lines.filter((each) => each.how === how).slice(unmeasured);
      const [whole, ahead] = [of('whole'), of('ahead')];
      const step = [whole, ahead].map((all) => median(all.map(({ seconds }) => seconds)));
      const waited = [whole, ahead].map((all) => median(all.map((each) => each.waited)));
      process.stdout.write(
        `${String(megabits).padStart(6)}  ${one.model.padEnd(8)}${String(lines[0]!.floats).padStart(8)}   ` +
          `${ms(step[0]!)}${ms(step[1]!)}   ${(step[1]! / step[0]!).toFixed(2).padStart(13)}   ${ms(waited[0]!)}${ms(waited[1]!)}\n`,
      );
    }
  }
} finally {
  disconnect();
  rmSync(folder, { recursive: true });
}
