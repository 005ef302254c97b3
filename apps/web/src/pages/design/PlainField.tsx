import { ChoiceControl } from '../../forms/ChoiceControl.tsx';
import fieldStyles from '../../forms/Field.module.css';
import { Field } from '../../forms/Field.tsx';
import { TextControl } from '../../forms/TextControl.tsx';
import { type FieldInfo, type FieldKey, fields } from './fields.ts';
import type { Designing } from './useDesign.ts';

interface PlainFieldProps {
  readonly design: Designing;
  readonly name: FieldKey;
  /** For choices that the catalogue knows and the table does not. */
  readonly choices?: readonly { value: string; label: string; disabled?: boolean }[];
  readonly unit?: string | undefined;
  /** Shown where the field is empty. */
  readonly placeholder?: string | undefined;
  readonly className?: string | undefined;
}

/** One field of the table in fields.ts. */
export function PlainField({ design, name, choices, unit, placeholder, className }: PlainFieldProps) {
  const info: FieldInfo = fields[name];
  const { draft, errors, change } = design;
  const put = (text: string) => change({ [name]: text === draft.defaults[name] ? undefined : text });
  return (
    <Field
      path={info.path}
      label={info.label}
      help={info.help}
      unit={unit ?? info.unit}
      error={errors[info.path]}
      className={className}
    >
      {(control) => {
        if (info.kind === 'choice')
          return (
            <ChoiceControl
              control={control}
              value={draft.texts[name]}
              choices={choices ?? info.choices ?? []}
              change={put}
            />
          );
        if (info.kind === 'boolean')
          return (
            <span className={fieldStyles.switch}>
              <input
                {...control}
                type="checkbox"
                checked={draft.texts[name] === 'true'}
                onChange={(event) => put(String(event.currentTarget.checked))}
              />
              {draft.texts[name] === 'true' ? 'On' : 'Off'}
            </span>
          );
        return (
          <TextControl
            control={control}
            value={draft.texts[name]}
            placeholder={placeholder ?? (info.optional ? 'All' : undefined)}
            {...(info.kind !== 'text' && { step: info.step ?? 1 })}
            integer={info.kind === 'integer'}
            change={put}
          />
        );
      }}
    </Field>
  );
}
