import { InputError, type LauncherCard, type LauncherName, type SiteConfig } from '@litmatter/protocol';
import type { Launcher } from './launcher.ts';
import { localLauncher } from './local.ts';
import { mpirunLauncher } from './mpirun.ts';
import { slurmLauncher } from './slurm/slurm.ts';

/** The launchers this program has, as a site has set them up. A new one is a file beside this and a line here. */
export function builtInLaunchers(site: SiteConfig): Launcher[] {
  return [localLauncher(), mpirunLauncher({ site: site.mpirun }), slurmLauncher({ site: site.slurm })];
}

/** @throws InputError naming those there are, with the field to mark */
export function launcherNamed(launchers: readonly Launcher[], name: LauncherName): Launcher {
  const found = launchers.find((launcher) => launcher.name === name);
  if (found) return found;
  const known = launchers.map((launcher) => `"${launcher.name}"`).join(', ');
  const message = `This version has no launcher "${name}": choose ${known}.`;
  throw new InputError(message, { 'launcher.name': message });
}

export function probeLaunchers(launchers: readonly Launcher[]): Promise<LauncherCard[]> {
  return Promise.all(launchers.map((launcher) => launcher.probe()));
}
