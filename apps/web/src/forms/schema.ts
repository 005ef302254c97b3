/**
 * The part of JSON Schema that options of models and data sets use, as zod writes it: objects of numbers, whole
 * numbers, choices, switches and text.
 */
export interface OptionField {
  readonly name: string;
  readonly label: string;
  readonly help: string | undefined;
  readonly type: 'number' | 'integer' | 'boolean' | 'choice' | 'numbers' | 'text';
  /** Whether it may be left empty, which is null. */
  readonly nullable: boolean;
  readonly choices: readonly (string | number)[];
  readonly minimum: number | undefined;
  readonly above: number | undefined;
  readonly maximum: number | undefined;
  readonly below: number | undefined;
  readonly fallback: unknown;
}

type Json = Record<string, unknown>;

/** One field an option, in the order the schema lists them. What the schema says in another way is a line of text. */
export function optionFields(schema: Json): OptionField[] {
  const properties = (schema.properties ?? {}) as Record<string, Json>;
  return Object.entries(properties).map(([name, property]) => {
    const one = property.anyOf || property.oneOf ? merged(property) : property;
    const branches = (property.anyOf ?? property.oneOf ?? []) as Json[];
    const choices = choicesOf(one);
    const number = (key: string) => (typeof one[key] === 'number' ? (one[key] as number) : undefined);
    return {
      name,
      label: typeof one.title === 'string' ? one.title : words(name),
      help: typeof one.description === 'string' ? one.description : undefined,
      type: choices.length > 0 ? 'choice' : typeOf(one),
      choices,
      nullable: typesOf(property).includes('null') || branches.some((branch) => branch.type === 'null'),
      minimum: bounded(number('minimum')),
      above: number('exclusiveMinimum'),
      maximum: bounded(number('maximum')),
      below: number('exclusiveMaximum'),
      fallback: one.default,
    };
  });
}

/** Whether a value is several to compare, and not a value that is itself a list. */
function isSeveral(field: OptionField | undefined, value: unknown): value is readonly unknown[] {
  return Array.isArray(value) && field !== undefined && field.type !== 'numbers';
}

/** Options as typed, those with several values apart: a grid of what is compared. */
export function splitGrid(
  schema: Json,
  options: Readonly<Record<string, unknown>>,
): { options: Record<string, unknown>; grid?: Record<string, readonly unknown[]> } {
  const known = new Map(optionFields(schema).map((field) => [field.name, field]));
  const entries = Object.entries(options);
  const several = entries.filter(([name, value]) => isSeveral(known.get(name), value));
  return {
    options: Object.fromEntries(entries.filter((entry) => !several.includes(entry))),
    ...(several.length > 0 && { grid: Object.fromEntries(several) as Record<string, readonly unknown[]> }),
  };
}

/** What is wrong with options, by name; checked again by the hub with the schema itself. Of several values each is looked at. */
export function checkOptions(
  schema: Json,
  options: Readonly<Record<string, unknown>>,
): Record<string, string> {
  const known = new Map(optionFields(schema).map((field) => [field.name, field]));
  const problems: Record<string, string> = {};
  for (const [name, value] of Object.entries(options)) {
    const field = known.get(name);
    const values = isSeveral(field, value) ? value : [value];
    const problem = field
      ? values.map((one) => problemOf(field, one)).find((one) => one !== undefined)
      : 'this model has no such option';
    if (problem) problems[name] = problem;
  }
  return problems;
}

function problemOf(field: OptionField, value: unknown): string | undefined {
  if (value === null) return field.nullable ? undefined : 'is missing';
  switch (field.type) {
    case 'boolean':
      return typeof value === 'boolean' ? undefined : 'must be on or off';
    case 'choice':
      return field.choices.includes(value as string)
        ? undefined
        : `must be one of ${field.choices.join(', ')}`;
    case 'text':
      return undefined;
    case 'numbers':
      return Array.isArray(value) && value.every((one) => Number.isFinite(one))
        ? undefined
        : 'must be numbers with commas between them';
    default:
      if (typeof value !== 'number' || !Number.isFinite(value)) return `“${String(value)}” is not a number`;
      if (field.type === 'integer' && !Number.isInteger(value)) return 'must be a whole number';
      if (field.minimum !== undefined && value < field.minimum) return `must be at least ${field.minimum}`;
      if (field.above !== undefined && value <= field.above) return `must be more than ${field.above}`;
      if (field.maximum !== undefined && value > field.maximum) return `must be at most ${field.maximum}`;
      if (field.below !== undefined && value >= field.below) return `must be less than ${field.below}`;
      return undefined;
  }
}

function choicesOf(property: Json): (string | number)[] {
  if (Array.isArray(property.enum)) return property.enum as (string | number)[];
  return 'const' in property ? [property.const as string | number] : [];
}

/** `T | null` and unions of constants, as the one field they come to. */
function merged(property: Json): Json {
  const branches = ((property.anyOf ?? property.oneOf) as Json[]).filter((branch) => branch.type !== 'null');
  const constants = branches.flatMap(choicesOf);
  if (constants.length === branches.length && constants.length > 0) return { ...property, enum: constants };
  return { ...branches[0], ...property };
}

function typesOf({ type }: Json): unknown[] {
  return Array.isArray(type) ? type : [type];
}

function typeOf(property: Json): OptionField['type'] {
  const [type] = typesOf(property).filter((one) => one !== 'null');
  if (type === 'array' && typeOf((property.items ?? {}) as Json) === 'number') return 'numbers';
  return type === 'number' || type === 'integer' || type === 'boolean' ? type : 'text';
}

/** zod writes the safe integers' bounds where none were given. */
function bounded(bound: number | undefined): number | undefined {
  return bound !== undefined && Math.abs(bound) === Number.MAX_SAFE_INTEGER ? undefined : bound;
}

/**
 * What a typed line is worth to an option: a number, a list of numbers, null where it may be empty, else the text.
 * @param several - whether values with commas between them are several to compare
 */
export function optionValue(field: OptionField, text: string, several = false): unknown {
  const typed = text.trim();
  if (typed === '' && field.nullable) return null;
  if (several && typed.includes(',') && field.type !== 'numbers' && field.type !== 'text') {
    const parts = typed.split(',').map((part) => part.trim());
    const values = [...new Set(parts.filter((part) => part !== '').map((part) => optionValue(field, part)))];
    return values.length > 1 ? values : (values[0] ?? typed);
  }
  if (field.type === 'numbers') {
    const parts = typed.split(/[\s,;]+/).filter((part) => part !== '');
    const numbers = parts.map(Number);
    return numbers.length > 0 && numbers.every(Number.isFinite) ? numbers : typed;
  }
  if (field.type !== 'number' && field.type !== 'integer') return typed;
  return typed !== '' && Number.isFinite(Number(typed)) ? Number(typed) : typed;
}

/** An option's value as a line of text. */
export function optionText(value: unknown): string {
  if (value === undefined || value === null) return '';
  return Array.isArray(value) ? value.join(', ') : String(value);
}

/** "hiddenChannels" -> "Hidden channels", "nRbf" -> "N rbf". */
function words(name: string): string {
  const spaced = name.replace(/([a-z0-9])([A-Z])/g, (_, a: string, b: string) => `${a} ${b.toLowerCase()}`);
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}
