import type { LauncherCard } from '@litmatter/protocol';
import styles from './Design.module.css';
import { type FieldInfo, type FieldKey, fieldKeys, fields } from './fields.ts';
import { PlainField } from './PlainField.tsx';
import type { Designing } from './useDesign.ts';

/** What a launcher does where neither spec nor site say anything. */
const unsaid: Partial<Record<FieldKey, string>> = {
  hostsFile: 'None: this machine',
  partition: 'The cluster’s own',
  timeLimit: 'The partition’s own',
  account: 'Your own',
  qos: 'The account’s own',
};

/** What only the chosen launcher has: each empty field shows what the site's configuration makes of it. */
export function LauncherFields({ design }: { readonly design: Designing }) {
  const { catalogue, draft } = design;
  const own = fieldKeys.filter((key) => (fields[key] as FieldInfo).launcher === draft.launcher);
  if (own.length === 0) return null;
  const site = catalogue.launchers.find(({ name }) => name === draft.launcher)?.site;
  return (
    <fieldset className={`${styles.grid} ${styles.launcherFields}`} aria-label="Of this launcher">
      {own.map((key) => (
        <PlainField
          key={key}
          design={design}
          name={key}
          placeholder={placeholderOf(key, site)}
          {...(key === 'gpus' && { choices: gpuChoices(site) })}
          {...(own.length === 1 && { className: styles.whole })}
        />
      ))}
    </fieldset>
  );
}

function placeholderOf(key: FieldKey, site: LauncherCard['site']): string | undefined {
  const set = site?.[key];
  return set === undefined ? unsaid[key] : `${set}, the site’s`;
}

function gpuChoices(site: LauncherCard['site']) {
  const usual = site?.gpus === 'true' ? 'one a rank' : 'none';
  return [
    { value: '', label: `As the site says: ${usual}` },
    { value: 'true', label: 'One a rank' },
    { value: 'false', label: 'None' },
  ];
}
