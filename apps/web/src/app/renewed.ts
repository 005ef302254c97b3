/**
 * A page that was open while the hub was updated asks for files that are gone: load it anew, with the address it has.
 * Once in ten seconds at most, so that a file that is truly missing shows its error.
 */
export function reloadWhenRenewed(): void {
  addEventListener('vite:preloadError', (event) => {
    const last = Number(sessionStorage.getItem('litmatter-renewed') ?? 0);
    if (Date.now() - last < 10_000) return;
    sessionStorage.setItem('litmatter-renewed', String(Date.now()));
    event.preventDefault();
    location.reload();
  });
}
