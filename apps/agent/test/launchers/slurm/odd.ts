import fc from 'fast-check';

/** A JSON value in which some fields, at any depth, are missing or something else altogether. */
export function withoutSome(whole: unknown): fc.Arbitrary<unknown> {
  const spots = spotsOf(whole, []);
  const change = fc.record({
    at: fc.constantFrom(...spots),
    to: fc.oneof(fc.constant(undefined), fc.jsonValue({ maxDepth: 2 }), fc.constantFrom(-1, 2 ** 32 - 2, '')),
  });
  return fc.array(change, { minLength: 1, maxLength: 12 }).map((changes) => {
    const odd = structuredClone(whole);
    for (const { at, to } of changes) put(odd, at, to);
    return odd;
  });
}

type Path = readonly (string | number)[];

function spotsOf(value: unknown, path: Path): Path[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [[...path, key], ...spotsOf(inner, [...path, key])]);
}

/** Where an earlier change has taken the way there, nothing is done. */
function put(value: unknown, [key, ...rest]: Path, to: unknown): void {
  if (typeof value !== 'object' || value === null || key === undefined) return;
  const holder = value as Record<string, unknown>;
  if (rest.length > 0) put(holder[key], rest, to);
  else if (to === undefined && !Array.isArray(value)) delete holder[key];
  else holder[key] = to;
}
