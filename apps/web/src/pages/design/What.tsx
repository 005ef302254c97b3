import type { DatasetCard } from '@litmatter/protocol';
import { Button } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { fieldId } from '../../forms/Field.tsx';
import { Panel } from '../../parts/Panel.tsx';
import { integer } from '../../words/format.ts';
import { DataFields, datasetOf } from './DataFields.tsx';
import styles from './Design.module.css';
import { fields } from './fields.ts';
import { ModelCard } from './ModelCard.tsx';
import { type DraftModel, formatModel } from './models.ts';
import { PlainField } from './PlainField.tsx';
import type { Designing } from './useDesign.ts';

/** Models, data set, target, split. */
export function What({ design }: { readonly design: Designing }) {
  const { catalogue, draft, errors, change } = design;
  const data = datasetOf(design);
  const named = draft.texts.split !== '';
  const setModels = (models: readonly DraftModel[]) => change({ model: models.map(formatModel) });
  const [another] = catalogue.models;
  return (
    <Panel title="What">
      <div className={styles.name}>
        <PlainField design={design} name="name" />
      </div>
      <div className={styles.models}>
        {draft.models.map((model, index) => (
          <ModelCard
            // biome-ignore lint/suspicious/noArrayIndexKey: a model has no other identity than its place
            key={index}
            index={index}
            model={model}
            catalogue={catalogue}
            errors={errors}
            change={(next) => setModels(draft.models.map((one, at) => (at === index ? next : one)))}
            {...(draft.models.length > 1 && {
              remove: () => setModels(draft.models.filter((_, at) => at !== index)),
            })}
          />
        ))}
        {another && (
          <Button
            variant="subtle"
            className={styles.add}
            leftSection={<IconPlus size={14} />}
            onClick={() =>
              setModels([
                ...draft.models,
                { name: another.name, preset: another.presets[0]?.name ?? 'small', options: {} },
              ])
            }
          >
            Add a model to compare
          </Button>
        )}
      </div>
      <DataFields
        design={design}
        className={`${styles.grid} ${styles.data}`}
        titleOf={({ title, available }) => (available ? title : `${title} (not on this hub yet)`)}
      />
      <details className={styles.more} open={'dataset.split' in errors || undefined}>
        <summary>
          Split{' '}
          <span>
            {named
              ? `as ${draft.texts.split === 'official' ? 'the data set’s files say' : 'DimeNet’s'}`
              : `${draft.texts.train} train, ${draft.texts.validation} validation, ${draft.texts.test} test`}
          </span>
        </summary>
        <div className={styles.grid4} id={fieldId('dataset.split')} tabIndex={-1}>
          <PlainField design={design} name="split" choices={splitChoices(data)} className={styles.wide} />
          {!named && (
            <>
              <PlainField design={design} name="train" />
              <PlainField design={design} name="validation" />
              <PlainField design={design} name="test" />
            </>
          )}
          <PlainField design={design} name="splitSeed" />
        </div>
        {errors['dataset.split'] && (
          <p className={styles.error} role="alert">
            {errors['dataset.split']}.
          </p>
        )}
      </details>
    </Panel>
  );
}

/** Molecules that DimeNet's split is of: the full QM9, which does not say its size before it is read. */
const fullQm9 = 130_831;

/** The ways to split a data set; those it has not are named, and cannot be chosen. */
function splitChoices(data: DatasetCard | undefined) {
  const { split } = data ?? {};
  const sizes = split && [split.train, split.validation, split.test].map(integer).join(' / ');
  return fields.split.choices.map((choice) => {
    if (choice.value === 'dimenet' && data && (data.molecules ?? fullQm9) !== fullQm9) {
      return { ...choice, disabled: true };
    }
    if (choice.value !== 'official' || split === undefined) return choice;
    if (!sizes) return { value: choice.value, label: `${choice.label} (it has none)`, disabled: true };
    return split.train > 0
      ? { value: choice.value, label: `${choice.label}: ${sizes}` }
      : { value: choice.value, label: `${choice.label} (without a training part)`, disabled: true };
  });
}
