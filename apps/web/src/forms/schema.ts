/**
 * The part of JSON Schema that options of models and data sets use, as zod writes it: objects of numbers, whole
 * numbers, choices, switches and text.
 */
export interface OptionField {
  readonly name: string;
  readonly label: string;
  readonly help: string | undefined;
  readonly type: 'number' | 'integer' | 'boolean' | 'choice' | 'text';
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
    const choices = choicesOf(one);
    const number = (key: string) => (typeof one[key] === 'number' ? (one[key] as number) : undefined);
    return {
      name,
      label: typeof one.title === 'string' ? one.title : words(name),
      help: typeof one.description === 'string' ? one.description : undefined,
      type: choices.length > 0 ? 'choice' : typeOf(one),
      choices,
      minimum: bounded(number('minimum')),
      above: number('exclusiveMinimum'),
      maximum: bounded(number('maximum')),
      below: number('exclusiveMaximum'),
      fallback: one.default,
    };
  });
}

/** What is wrong with options, by name; checked again by the hub with the schema itself. */
export function checkOptions(
  schema: Json,
  options: Readonly<Record<string, unknown>>,
): Record<string, string> {
  const known = new Map(optionFields(schema).map((field) => [field.name, field]));
  const problems: Record<string, string> = {};
  for (const [name, value] of Object.entries(options)) {
    const field = known.get(name);
    const problem = field ? problemOf(field, value) : 'this model has no such option';
    if (problem) problems[name] = problem;
  }
  return problems;
}

function problemOf(field: OptionField, value: unknown): string | undefined {
  switch (field.type) {
    case 'boolean':
      return typeof value === 'boolean' ? undefined : 'must be on or off';
    case 'choice':
      return field.choices.includes(value as string)
        ? undefined
        : `must be one of ${field.choices.join(', ')}`;
    case 'text':
      return undefined;
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

function typeOf(property: Json): OptionField['type'] {
  const { type } = property;
  return type === 'number' || type === 'integer' || type === 'boolean' ? type : 'text';
}

/** zod writes the safe integers' bounds where none were given. */
function bounded(bound: number | undefined): number | undefined {
  return bound !== undefined && Math.abs(bound) === Number.MAX_SAFE_INTEGER ? undefined : bound;
}

/** "hiddenChannels" -> "Hidden channels", "nRbf" -> "N rbf". */
function words(name: string): string {
  const spaced = name.replace(/([a-z0-9])([A-Z])/g, (_, a: string, b: string) => `${a} ${b.toLowerCase()}`);
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}
