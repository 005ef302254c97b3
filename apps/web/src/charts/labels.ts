/** Labels at the ends of lines, moved apart until none covers another. */
export interface EndLabel {
  readonly key: string;
  /** Where it would like to stand, pixels from the top. */
  readonly y: number;
  readonly height: number;
}

/**
 * Where each label stands: as near to its wish as the others and the edges let it. Labels that find no room at all
 * are left out, the last first.
 */
export function spread<L extends EndLabel>(
  labels: readonly L[],
  top: number,
  bottom: number,
): (L & { at: number })[] {
  const kept = [...labels];
  while (kept.reduce((sum, label) => sum + label.height, 0) > bottom - top && kept.length > 0) kept.pop();
  const placed = kept.sort((a, b) => a.y - b.y).map((label) => ({ ...label, at: label.y }));
  // Downward so that none overlaps, then upward from the bottom edge; twice settles it.
  for (let round = 0; round < 2; round++) {
    let free = top;
    for (const label of placed) {
      label.at = Math.max(label.at, free + label.height / 2);
      free = label.at + label.height / 2;
    }
    free = bottom;
    for (const label of placed.toReversed()) {
      label.at = Math.min(label.at, free - label.height / 2);
      free = label.at - label.height / 2;
    }
  }
  return placed;
}
