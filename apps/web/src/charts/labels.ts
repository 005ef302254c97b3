/** Labels at the ends of lines, moved apart until none covers another. */
export interface EndLabel {
  readonly key: string;
  /** Where it would like to stand, pixels from the top. */
  readonly y: number;
  readonly height: number;
}

/**
 * Where each label stands: as near to its wish as the others and the edges let it. Where there are more than there is
 * room for, only every second, third ... is kept.
 */
export function spread<L extends EndLabel>(
  labels: readonly L[],
  top: number,
  bottom: number,
): (L & { at: number })[] {
  const wanted = labels.reduce((sum, label) => sum + label.height, 0);
  const every = Math.max(1, Math.ceil(wanted / (bottom - top)));
  const placed = labels
    .filter((_, index) => index % every === 0)
    .sort((a, b) => a.y - b.y)
    .map((label) => ({ ...label, at: label.y }));
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
