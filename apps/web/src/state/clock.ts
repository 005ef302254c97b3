/** Milliseconds that the hub's clock is ahead of this browser's. */
let ahead = 0;

/** Learn the hub's clock from an answer's Date header; its resolution is a second, so small differences are noise. */
export function noteHubTime(date: string | null): void {
  const told = date === null ? Number.NaN : Date.parse(date);
  if (Number.isNaN(told)) return;
  const difference = told + 500 - Date.now();
  ahead = Math.abs(difference) > 2_000 ? difference : 0;
}

/** Milliseconds since 1970 on the hub's clock: what its `...At` fields are compared with. */
export function hubNow(): number {
  return Date.now() + ahead;
}
