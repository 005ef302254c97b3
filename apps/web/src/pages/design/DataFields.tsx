import type { DatasetCard } from '@litmatter/protocol';
import { ChoiceControl } from '../../forms/ChoiceControl.tsx';
import { Field } from '../../forms/Field.tsx';
import { bytes, integer } from '../../words/format.ts';
import styles from './Design.module.css';
import { PlainField } from './PlainField.tsx';
import type { Designing } from './useDesign.ts';

/** The data set of a design, where the hub has it. */
export function datasetOf({ catalogue, draft }: Designing): DatasetCard | undefined {
  return catalogue.datasets.find((one) => one.name === draft.dataset);
}

interface DataFieldsProps {
  readonly design: Designing;
  /** How the three fields are laid out. */
  readonly className: string | undefined;
  /** Of the data set's own field. */
  readonly wide?: string | undefined;
  /** The data set by its title, or with more to say of it. */
  readonly titleOf?: (card: DatasetCard) => string;
}

/** Data set, target and how many molecules, and what the data set is. */
export function DataFields({ design, className, wide, titleOf = ({ title }) => title }: DataFieldsProps) {
  const { catalogue, draft, errors, change } = design;
  const data = datasetOf(design);
  const target = data?.targets.find((one) => one.name === draft.texts.target);
  return (
    <>
      <div className={className}>
        <Field path="dataset.name" label="Data set" error={errors['dataset.name']} className={wide}>
          {(control) => (
            <ChoiceControl
              control={control}
              value={draft.dataset}
              choices={catalogue.datasets.map((one) => ({ value: one.name, label: titleOf(one) }))}
              change={(value) => change({ data: value, target: undefined })}
            />
          )}
        </Field>
        <PlainField
          design={design}
          name="target"
          unit={target?.unit}
          choices={(data?.targets ?? []).map((one) => ({ value: one.name, label: one.title }))}
        />
        <PlainField design={design} name="limit" />
      </div>
      {data && (
        <p className={styles.about}>
          {data.molecules !== null && <>{integer(data.molecules)} molecules, </>}
          {data.bytes !== null && <>{bytes(data.bytes)}, </>}
          {data.licence && <>licence: {data.licence}. </>}
          {data.description}
        </p>
      )}
    </>
  );
}
