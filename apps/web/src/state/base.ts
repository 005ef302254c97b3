/**
 * The path the dashboard is served under: '/' or '/node/host/8787/'. The hub writes it into `<base href>` as it
 * serves the page, so the same build works behind any proxy.
 */
export function basePath(): string {
  const base = document.querySelector('base');
  return base ? new URL(base.href, location.href).pathname : '/';
}

/** The path of a route of the hub, base included: `hubPath('/api/plan')`. */
export function hubPath(route: string): string {
  return basePath() + route.replace(/^\/+/, '');
}
