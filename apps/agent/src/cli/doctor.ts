import { Command } from 'commander';
import pc from 'picocolors';
import { configFile, loadRegistry } from '../config.ts';
import { examine } from '../doctor.ts';
import { defaultDataFolder } from '../folders.ts';
import { exitCode } from '../job.ts';
import { builtInLaunchers } from '../launchers/registry.ts';

/** `litmatter doctor`: what this machine can do, what it lacks, and what mends it. */
export function doctorCommand(): Command {
  return new Command('doctor')
    .description('what this machine can do, what is missing, and the command that mends it')
    .option('--data <folder>', 'data folder to look at')
    .option('--config <file>', 'a litmatter.config.ts (default: the nearest one upward)')
    .option('--json', 'one JSON object on stdout')
    .action(async (flags: { data?: string; config?: string; json?: boolean }) => {
      const { file, site } = await loadRegistry(configFile(flags.config));
      const facts = await examine({
        dataFolder: flags.data ?? defaultDataFolder(),
        launchers: builtInLaunchers(site),
        config: file,
      });
      if (flags.json) process.stdout.write(`${JSON.stringify(facts)}\n`);
      else {
        const marks = { ok: pc.green('ok     '), missing: pc.red('missing'), note: pc.yellow('note   ') };
        for (const { name, status, detail, mend } of facts.findings) {
          process.stdout.write(`${marks[status]}  ${pc.bold(name)}: ${detail}\n`);
          if (mend !== null) process.stdout.write(`${' '.repeat(9)}mend: ${mend}\n`);
        }
      }
      const able = facts.backends.some((backend) => backend.available);
      const folder = facts.findings.find((finding) => finding.name === 'Data folder');
      if (!able || folder?.status === 'missing') process.exitCode = exitCode.lacking;
    });
}
