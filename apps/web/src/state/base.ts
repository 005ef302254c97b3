/**
 * The path the dashboard is served under: '/' or '/node/host/8787/'. The hub writes it into `<base href>` as it
 * serves the page, so the same build works behind any proxy.
 */
export function basePath(): string {
  const base = document.querySelector('base');
  return base ? new URL(base.href, location.href).pathname : '/';
}

/**
 * Whether a hub serves this page: it says so with `<base href>`. The build on any other host of files, or on none but a
 * folder's web server, prototypes all the same; what needs a hub says so. Vite's own server stands before a hub.
 */
export function withHub(): boolean {
  return import.meta.env.DEV || document.querySelector('base') !== null;
}

/** The path of a route of the hub, base included: `hubPath('/api/plan')`. */
export function hubPath(route: string): string {
  return basePath() + route.replace(/^\/+/, '');
}
