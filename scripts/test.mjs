// `npm test`: everything. Installs what is missing where it may (root and apt); otherwise names each suite it
// skips and why. With CI=true a missing part is a failure, unless the suite is an extra. Ends with `N passed, N failed[, N skipped]`.
import { spawnSync } from 'node:child_process';
import { closeSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBuilt, ensureInstalled, env, has, hasLibrary, run } from './lib/setup.mjs';
import { machineParts, suites } from './lib/suites.mjs';

const inCi = process.env.CI === 'true';

/** Try to bring a machine part; returns undefined when it is there, else a sentence. */
function bring(part) {
  const { programs, libraries = [], packages, purpose } = machineParts[part];
  const missing = () => [
    ...programs.filter((program) => !has(program)),
    ...libraries.filter((library) => !hasLibrary(library)),
  ];
  if (missing().length === 0) return undefined;
  const command = `apt-get install -y --no-install-recommends ${packages.join(' ')}`;
  if (process.getuid?.() === 0 && has('apt-get')) {
    console.error(`Installing ${packages.join(', ')} (${purpose}) ...`);
    const apt = {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    };
    spawnSync('apt-get', ['update', '-qq'], apt);
    spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], apt);
    if (missing().length === 0) return undefined;
  }
  return `${missing().join(', ')} is not on this machine (${purpose}); as root: ${command}`;
}

await ensureInstalled();
await ensureBuilt();

const total = { passed: 0, failed: 0, skipped: 0 };
const lines = [];

/** Run a suite. One that runs beside another keeps its output to itself until it is over. */
async function runSuite(suite, beside) {
  const lacking = suite.needs.map(bring).filter((sentence) => sentence !== undefined);
  if (lacking.length > 0) {
    total[inCi ? 'failed' : 'skipped'] += 1;
    lines.push(`${inCi ? 'FAILED ' : 'skipped'}  ${suite.name}: ${lacking.join('; ')}`);
    return;
  }
  const without = await suite.extra?.();
  if (without !== undefined) {
    total.skipped += 1;
    lines.push(`skipped  ${suite.name}: ${without}`);
    return;
  }
  const output = beside ? join(tmpdir(), `litmatter-test-${process.pid}-${suite.name}.log`) : undefined;
  if (!output) console.log(`\n== ${suite.name}`);
  const into = output ? openSync(output, 'w') : 'inherit';
  const began = Date.now();
  const stdio = ['inherit', into, into];
  const code = await run(suite.command, suite.args, { env: { ...env, ...suite.env }, stdio });
  if (output) {
    console.log(`\n== ${suite.name}\n${readFileSync(output, 'utf8')}`);
    closeSync(into);
    rmSync(output);
  }
  note(suite, code, Date.now() - began);
}

/** Count a suite that has run. */
function note(suite, code, milliseconds) {
  let counts;
  try {
    counts = suite.count(code);
  } catch (error) {
    counts = { passed: 0, failed: 1, skipped: 0 };
    console.error(`${suite.name} left no report: ${error.message}`);
  }
  // A suite that could not even be loaded has no failed test to its name, but it has not passed.
  if (code !== 0 && counts.failed === 0) counts.failed = 1;
  for (const key of Object.keys(total)) total[key] += counts[key];
  const seconds = (milliseconds / 1000).toFixed(0);
  const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : '';
  lines.push(
    `${counts.failed > 0 ? 'FAILED ' : 'passed '}  ${suite.name}: ${counts.passed} passed, ${counts.failed} failed${skipped} (${seconds} s)`,
    ...(counts.failures ?? []).map((name) => `           ${name}`),
    ...(counts.secondTries ?? []).map((name) => `           (passed when tried again) ${name}`),
  );
}

for (const group of suites) {
  await Promise.all(group.map((suite, index) => runSuite(suite, index > 0)));
}

console.log(`\n${lines.join('\n')}\n`);
console.log(
  `${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ''}`,
);
process.exit(total.failed > 0 ? 1 : 0);
