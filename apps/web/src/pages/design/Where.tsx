import { DeviceCounts } from '../../forms/DeviceCounts.tsx';
import { Panel } from '../../parts/Panel.tsx';
import styles from './Design.module.css';
import { parseDevices } from './draft.ts';
import { LauncherFields } from './LauncherFields.tsx';
import { PlainField } from './PlainField.tsx';
import type { Designing } from './useDesign.ts';

const launcherTitles: Record<string, string> = { local: 'This machine', mpirun: 'MPI', slurm: 'Slurm' };

/** Launcher, device counts, backend. */
export function Where({ design }: { readonly design: Designing }) {
  const { catalogue, draft, errors, change } = design;
  const launcher = catalogue.launchers.find((one) => one.name === draft.launcher);
  return (
    <Panel title="Where">
      <fieldset className={styles.launchers} aria-label="Launcher">
        {catalogue.launchers.map((one) => (
          <label key={one.name} className={styles.launcher} data-lacking={!one.available || undefined}>
            <input
              type="radio"
              name="launcher"
              value={one.name}
              checked={draft.launcher === one.name}
              disabled={!one.available}
              onChange={() => change({ launcher: one.name })}
            />
            <span>
              <strong>{launcherTitles[one.name] ?? one.name}</strong>
              <span className={styles.detail}>{one.detail}</span>
              {!one.available && one.mend && (
                <span className={styles.detail}>
                  Mend: <code>{one.mend}</code>
                </span>
              )}
            </span>
          </label>
        ))}
        {!launcher && (
          <p className={styles.error}>This hub has no launcher “{draft.launcher}”: choose one of these.</p>
        )}
        {errors['launcher.name'] && <p className={styles.error}>{errors['launcher.name']}</p>}
      </fieldset>
      <LauncherFields design={design} />
      <DeviceCounts
        text={draft.devices}
        counts={parseDevices(draft.devices)}
        atOnce={launcher?.devices ?? null}
        error={errors.devices}
        change={(devices) => change({ devices })}
      />
      <div className={styles.grid}>
        <PlainField
          design={design}
          name="backend"
          className={styles.wide}
          choices={[
            { value: 'auto', label: 'Auto: the fastest that is here' },
            ...catalogue.backends.map((one) => ({
              value: one.name,
              label: one.available ? `${one.name}: ${one.detail}` : `${one.name}: not here`,
              disabled: !one.available,
            })),
          ]}
        />
      </div>
    </Panel>
  );
}
