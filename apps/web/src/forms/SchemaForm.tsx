import { ChoiceControl } from './ChoiceControl.tsx';
import styles from './Field.module.css';
import { Field } from './Field.tsx';
import { type OptionField, optionFields, optionText, optionValue } from './schema.ts';
import { TextControl } from './TextControl.tsx';

interface SchemaFormProps {
  /** JSON Schema of an object, as a model or data set states it. */
  readonly schema: Readonly<Record<string, unknown>>;
  /** Place of the object in the spec: "models.0.options". */
  readonly path: string;
  /** What an option is where the person has not changed it. */
  readonly defaults: Readonly<Record<string, unknown>>;
  /** What the person changed. */
  readonly values: Readonly<Record<string, unknown>>;
  readonly errors: Readonly<Record<string, string>>;
  readonly change: (values: Record<string, unknown>) => void;
  /** Whether an option may have several values, to compare them. */
  readonly several?: boolean;
}

/** A form drawn from a schema: one control an option, help from its description, changes alone kept. */
export function SchemaForm({
  schema,
  path,
  defaults,
  values,
  errors,
  change,
  several = false,
}: SchemaFormProps) {
  const put = (field: OptionField, value: unknown) => {
    const { [field.name]: _, ...rest } = values;
    const usual = defaults[field.name] ?? field.fallback ?? null;
    const unchanged = value === '' || JSON.stringify(value) === JSON.stringify(usual);
    change(unchanged ? rest : { ...rest, [field.name]: value });
  };
  return optionFields(schema).map((field) => {
    const value = values[field.name] ?? defaults[field.name] ?? field.fallback;
    const at = `${path}.${field.name}`;
    return (
      <Field key={field.name} path={at} label={field.label} help={field.help} error={errors[at]}>
        {(control) => {
          if (field.type === 'boolean')
            return (
              <span className={styles.switch}>
                <input
                  {...control}
                  type="checkbox"
                  checked={value === true}
                  onChange={(event) => put(field, event.currentTarget.checked)}
                />
                {value === true ? 'On' : 'Off'}
              </span>
            );
          if (field.type === 'choice' && !Array.isArray(value))
            return (
              <ChoiceControl
                control={control}
                value={String(value ?? '')}
                choices={field.choices.map((one) => ({ value: String(one), label: String(one) }))}
                change={(text) => put(field, field.choices.find((one) => String(one) === text) ?? text)}
              />
            );
          const numeric = field.type === 'number' || field.type === 'integer';
          return (
            <TextControl
              control={control}
              value={optionText(value)}
              placeholder={field.nullable ? 'None' : undefined}
              {...(numeric && { step: stepOf(field) })}
              integer={field.type === 'integer' && !several}
              change={(text) => put(field, optionValue(field, text, several))}
            />
          );
        }}
      </Field>
    );
  });
}

/** Widths double, counts go by one, lengths by a half. */
function stepOf(field: OptionField): number | 'x' {
  const usual = Number(field.fallback ?? 0);
  if (field.type === 'integer') return usual >= 16 ? 'x' : 1;
  return usual >= 1 ? 0.5 : 'x';
}
