/**
 * Names of series (see seriesName of the scaling package) without what all of them share: "hiddenChannels 16, 125
 * molecules" of "schnet small {hiddenChannels 16}, 125 molecules" and its like. One alone keeps its name.
 */
export function distinctNames(series: readonly string[]): string[] {
  if (new Set(series).size < 2) return [...series];
  const parts = series.map((name) => {
    const [, model = name, options = '', rest = ''] =
      /^([^{,]+?)(?: \{(.*)\})?(?:, ([^{}]*))?$/.exec(name) ?? [];
    return [model, ...options.split(/, (?=[A-Za-z_]\w* )/), rest].filter((part) => part !== '');
  });
  const shared = parts[0]!.filter((part) => parts.every((list) => list.includes(part)));
  const left = parts.map((list) => list.filter((part) => !shared.includes(part)).join(', '));
  return left.every((name) => name !== '') && new Set(left).size === new Set(series).size
    ? left
    : [...series];
}
