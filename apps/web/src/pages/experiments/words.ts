/** "1, 2, 4", or for a long list its ends: "2 … 416 (10 counts)". */
export function devicesWords(devices: readonly number[]): string {
  const sorted = [...devices].sort((a, b) => a - b);
  if (sorted.length <= 4) return sorted.join(', ');
  return `${sorted[0]} … ${sorted.at(-1)} (${sorted.length} counts)`;
}
