import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { temporaryFolder } from '../support.ts';

/**
 * Two hosts with a network between them that a test can cut: two network namespaces of this machine, each with a host
 * name of its own, joined by a virtual cable. Ranks that Open MPI starts there meet over it and over nothing else.
 */
export interface TwoHosts {
  /** An mpirun that runs on the first of them. */
  readonly program: string;
  readonly hostsFile: string;
  /** Further words for mpirun. */
  readonly words: readonly string[];
  readonly names: readonly [string, string];
  /** Pull the plug. */
  cut(): void;
}

/** Why there can be none here; undefined where there can. */
export function lacksHosts(): string | undefined {
  if (process.platform !== 'linux') return 'network namespaces are of Linux';
  if (process.getuid?.() !== 0) return 'network namespaces need root';
  for (const program of ['ip', 'mpirun']) {
    if (spawnSync(program, ['--version'], { stdio: 'ignore' }).error)
      return `${program} is not on this machine`;
  }
  return undefined;
}

export function startHosts(): TwoHosts {
  const names = [`a${process.pid}`, `b${process.pid}`] as const;
  const ip = (...words: string[]) => execFileSync('ip', words, { stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => {
    for (const name of names) {
      const pids = spawnSync('ip', ['netns', 'pids', name], { encoding: 'utf8' }).stdout;
      for (const pid of pids.split('\n').filter(Boolean)) spawnSync('kill', ['-9', pid]);
      spawnSync('ip', ['netns', 'del', name]);
    }
  });
  for (const name of names) ip('netns', 'add', name);
  ip('link', 'add', 'wire', 'netns', names[0], 'type', 'veth', 'peer', 'name', 'wire', 'netns', names[1]);
  for (const [index, name] of names.entries()) {
    ip('-n', name, 'addr', 'add', `10.78.0.${index + 1}/24`, 'dev', 'wire');
    for (const device of ['wire', 'lo']) ip('-n', name, 'link', 'set', device, 'up');
  }
  const folder = temporaryFolder();
  const script = (file: string, name: string, what: string) => {
    const inside = `hostname ${name}; exec ${what}`;
    writeFileSync(
      join(folder, file),
      `#!/bin/sh\n${file === 'agent' ? 'shift\n' : ''}exec ip netns exec ${name} unshare --uts sh -c '${inside}' sh "$@"\n`,
    );
    chmodSync(join(folder, file), 0o755);
    return join(folder, file);
  };
  const program = script('mpirun', names[0], 'mpirun "$@"');
  // mpirun's way to the other host: host, then a line for its shell.
  const agent = script('agent', names[1], 'sh -c "$*"');
  const hostsFile = join(folder, 'hosts');
  writeFileSync(hostsFile, '10.78.0.1 slots=1\n10.78.0.2 slots=1\n');
  const mca = {
    plm_rsh_agent: agent,
    btl: 'tcp,self',
    btl_tcp_if_include: 'wire',
    oob_tcp_if_include: 'wire',
  };
  return {
    program,
    hostsFile,
    words: Object.entries(mca).flatMap(([name, value]) => ['--mca', name, value]),
    names,
    cut: () => void ip('-n', names[0], 'link', 'set', 'wire', 'down'),
  };
}
