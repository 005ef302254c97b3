/** Three points of a scaling curve. */
export function Mark() {
  return (
    <svg width="22" height="22" viewBox="0 0 24 24" fill="none" aria-hidden="true">
      <path d="M5 5.5 12 13l7 4" stroke="var(--accent-ink)" strokeWidth="2" strokeLinecap="round" />
      <circle cx="5" cy="5.5" r="3" fill="var(--accent-ink)" />
      <circle cx="12" cy="13" r="3" fill="var(--accent-ink)" />
      <circle cx="19" cy="17" r="3" fill="var(--accent-ink)" />
    </svg>
  );
}
