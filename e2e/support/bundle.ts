import type { Page } from '@playwright/test';
import { build } from 'vite';

/** Nothing listens there: every request of the page is answered from memory. A secure context, as WebGPU wants. */
const origin = 'http://localhost:9';

/** A bundle that no product contains, in memory: file name -> text. */
export async function bundle(entry: string): Promise<Map<string, string>> {
  const built = await build({
    configFile: false,
    logLevel: 'error',
    build: {
      write: false,
      target: 'es2024',
      minify: false,
      // Such a bundle is for a page made here, whose script is the entry itself.
      rolldownOptions: { input: entry, output: { entryFileNames: 'entry.js' } },
    },
  });
  if (!('output' in built)) throw new Error('one build was asked for');
  return new Map(
    built.output.map((file) => [file.fileName, file.type === 'chunk' ? file.code : String(file.source)]),
  );
}

/** Open a page that runs the bundle. */
export async function openBundle(page: Page, files: ReadonlyMap<string, string>): Promise<void> {
  await page.route(`${origin}/**`, (route) => {
    const name = new URL(route.request().url()).pathname.slice(1);
    const code = files.get(name);
    if (name === '') {
      return route.fulfill({
        contentType: 'text/html',
        body: '<!doctype html><title>Checks</title><script type="module" src="/entry.js"></script>',
      });
    }
    return code === undefined
      ? route.fulfill({ status: 404 })
      : route.fulfill({ contentType: 'text/javascript', body: code });
  });
  await page.goto(`${origin}/`);
}
