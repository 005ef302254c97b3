import type { Catalogue } from '@litmatter/protocol';
import { IconX } from '@tabler/icons-react';
import { ChoiceControl } from '../../forms/ChoiceControl.tsx';
import { Field } from '../../forms/Field.tsx';
import { SchemaForm } from '../../forms/SchemaForm.tsx';
import { IconButton } from '../../parts/IconButton.tsx';
import { counted, integer } from '../../words/format.ts';
import styles from './Design.module.css';
import { modelCard, presetOf } from './draft.ts';
import type { DraftModel } from './models.ts';

interface ModelCardProps {
  readonly index: number;
  readonly model: DraftModel;
  readonly catalogue: Catalogue;
  readonly errors: Readonly<Record<string, string>>;
  readonly change: (model: DraftModel) => void;
  readonly remove?: () => void;
}

/** One model of the grid: which, in which preset, with which options changed. */
export function ModelCard({ index, model, catalogue, errors, change, remove }: ModelCardProps) {
  const card = modelCard(catalogue, model.name);
  const preset = presetOf(catalogue, model);
  const path = `models.${index}`;
  const changed = Object.keys(model.options).length;
  const wrong = Object.keys(errors).some((at) => at.startsWith(`${path}.options`));
  return (
    <fieldset className={styles.model} aria-label={`Model ${index + 1}`}>
      <div className={styles.modelHead}>
        <Field path={`${path}.name`} label="Model" error={errors[`${path}.name`]}>
          {(control) => (
            <ChoiceControl
              control={control}
              value={model.name}
              choices={catalogue.models.map((one) => ({ value: one.name, label: one.title }))}
              change={(name) => {
                const presets = modelCard(catalogue, name)?.presets ?? [];
                const kept = presets.find((one) => one.name === model.preset) ?? presets[0];
                change({ name, preset: kept?.name ?? 'small', options: {} });
              }}
            />
          )}
        </Field>
        <Field path={`${path}.preset`} label="Preset" error={errors[`${path}.preset`]}>
          {(control) => (
            <ChoiceControl
              control={control}
              value={model.preset}
              choices={(card?.presets ?? []).map((one) => ({
                value: one.name,
                label: `${one.name} · ${integer(one.parameters)} parameters`,
              }))}
              change={(name) => change({ ...model, preset: name })}
            />
          )}
        </Field>
        {remove && (
          <IconButton label={`Remove model ${index + 1}`} press={remove}>
            <IconX size={16} />
          </IconButton>
        )}
      </div>
      {card && (
        <p className={styles.about}>
          {preset?.description ?? card.description} <cite title={card.reference}>{card.reference}</cite>
        </p>
      )}
      {card && (
        <details className={styles.more} open={wrong || undefined}>
          <summary>
            Options <span>{changed === 0 ? 'as in the preset' : changedWords(model)}</span>
          </summary>
          <div className={styles.grid4}>
            <SchemaForm
              schema={card.optionsSchema}
              path={`${path}.options`}
              defaults={preset?.options ?? {}}
              values={model.options}
              errors={errors}
              change={(options) => change({ ...model, options })}
              several
            />
          </div>
          <p className={styles.about}>
            Several values with commas between them, such as 16, 32, 64, make a run of each: where they change
            how large the model is, its error is drawn against that.
          </p>
        </details>
      )}
    </fieldset>
  );
}

/** "2 options changed; hiddenChannels 16, 32, 64". */
function changedWords({ options }: DraftModel): string {
  const several = Object.entries(options).flatMap(([name, value]) =>
    Array.isArray(value) ? [`${name} ${value.join(', ')}`] : [],
  );
  return [`${counted(Object.keys(options).length, 'option')} changed`, ...several].join('; ');
}
