/** What an arrow key makes of a number as text: `'x'` doubles whole numbers and walks 1, 2, 5, 10 ... with others. */
export function stepped(
  text: string,
  direction: 1 | -1,
  step: number | 'x',
  integer: boolean,
): string | undefined {
  const value = text.trim() === '' ? 0 : Number(text);
  if (!Number.isFinite(value) || value < 0) return undefined;
  if (step !== 'x') return String(Number(Math.max(0, value + direction * step).toPrecision(12)));
  if (integer) return String(direction > 0 ? Math.max(1, value * 2) : Math.max(1, Math.floor(value / 2)));
  return value > 0 ? short(nextOf125(value, direction)) : undefined;
}

function nextOf125(value: number, direction: 1 | -1): number {
  const decade = Math.floor(Math.log10(value) + 1e-9);
  const rungs = [-1, 0, 1].flatMap((shift) => [1, 2, 5].map((one) => one * 10 ** (decade + shift)));
  const found =
    direction > 0
      ? rungs.find((rung) => rung > value * (1 + 1e-9))
      : rungs.findLast((rung) => rung < value * (1 - 1e-9));
  return found ?? value;
}

function short(value: number): string {
  const text = String(Number(value.toPrecision(6)));
  return text.length > 7 ? value.toExponential() : text;
}
