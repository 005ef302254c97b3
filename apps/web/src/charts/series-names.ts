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

/** Letters that there is room for beside a plot. */
export const longestEndName = 28;

/**
 * Names for the ends of lines. Where one is too long, words that all begin or end with are left out ("16, 250" of
 * "hiddenChannels 16, 250 molecules"); the tooltip has the whole. What is too long even so is cut.
 */
export function endNames(names: readonly string[], most = longestEndName): string[] {
  let words = names.map((name) => name.split(' '));
  const shared = (at: number) => words.every((list) => list.length > 1 && list.at(at) === words[0]!.at(at));
  const tooLong = () => words.some((list) => list.join(' ').length > most);
  while (names.length > 1 && tooLong() && shared(0)) words = words.map((list) => list.slice(1));
  while (names.length > 1 && tooLong() && shared(-1)) words = words.map((list) => list.slice(0, -1));
  return words.map((list) => {
    const name = list.join(' ').replace(/,$/, '');
    return name.length > most ? `${name.slice(0, most - 1)}…` : name;
  });
}
