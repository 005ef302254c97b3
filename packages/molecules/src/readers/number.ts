const decimal = /^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/;

/**
 * The decimal number that fills text[from, to) but for spaces around it; NaN where that is anything else
 * (`Number` would take "", "0x10" and "Infinity"). Plain decimals up to 15 digits are read without a substring:
 * whole / 10^k is correctly rounded, so the result is the same as `Number`'s.
 */
export function decimalAt(text: string, from: number, to: number): number {
  const end = Math.min(to, text.length);
  let at = from;
  while (at < end && text.charCodeAt(at) === 32) at++;
  const start = at;
  let negative = false;
  const first = text.charCodeAt(at);
  if (at < end && (first === 45 || first === 43)) {
    negative = first === 45;
    at++;
  }
  let whole = 0;
  let digits = 0;
  let scale = 1;
  let point = false;
  for (; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code >= 48 && code <= 57) {
      whole = whole * 10 + (code - 48);
      if (point) scale *= 10;
      digits++;
    } else if (code === 46 && !point) point = true;
    else break;
  }
  while (at < end && text.charCodeAt(at) === 32) at++;
  if (at >= end && digits > 0 && digits <= 15) return (negative ? -whole : whole) / scale;
  return decimalOf(text.slice(start, end));
}

/** A decimal number with nothing but spaces around it; NaN for anything else. */
export function decimalOf(text: string): number {
  const trimmed = text.trim();
  return decimal.test(trimmed) ? Number(trimmed) : Number.NaN;
}

/** The whole number, not negative, that fills text[from, to) but for spaces; -1 where that is anything else. */
export function wholeAt(text: string, from: number, to: number): number {
  const end = Math.min(to, text.length);
  let value = 0;
  let digits = 0;
  let ended = false;
  for (let at = from; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code === 32) ended = digits > 0;
    else if (code >= 48 && code <= 57 && !ended && digits < 9) {
      value = value * 10 + (code - 48);
      digits++;
    } else return -1;
  }
  return digits > 0 ? value : -1;
}
