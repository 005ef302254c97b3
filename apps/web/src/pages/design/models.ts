/** A model in the address: `schnet:small;cutoff=5`. Options hold what was typed where it is not what the type wants. */
export interface DraftModel {
  readonly name: string;
  readonly preset: string;
  readonly options: Readonly<Record<string, unknown>>;
}

export function parseModel(text: string): DraftModel {
  const { name: head, options } = parseNamed(text);
  const [name = '', preset = 'small'] = head.split(':');
  return { name, preset: preset || 'small', options };
}

export function formatModel({ name, preset, options }: DraftModel): string {
  return formatNamed({ name: `${name}:${preset}`, options });
}

/** A name with options, as data sets are spelled too: `zinc;vocabulary=28`. */
export interface Named {
  readonly name: string;
  readonly options: Readonly<Record<string, unknown>>;
}

export function parseNamed(text: string): Named {
  const [name = '', ...rest] = text.split(';');
  const options = Object.fromEntries(
    rest.flatMap((part) => {
      const at = part.indexOf('=');
      return at > 0 ? [[part.slice(0, at), parseValue(part.slice(at + 1))] as const] : [];
    }),
  );
  return { name, options };
}

export function formatNamed({ name, options }: Named): string {
  return [name, ...Object.entries(options).map(([key, value]) => `${key}=${formatValue(value)}`)].join(';');
}

/** `;` separates options, so it is spelled `%3B` inside a value. */
function formatValue(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.replace(/%/g, '%25').replace(/;/g, '%3B');
}

function parseValue(text: string): unknown {
  const raw = text.replace(/%3B/gi, ';').replace(/%25/g, '%');
  try {
    return JSON.parse(raw);
  } catch {
    return raw;
  }
}
