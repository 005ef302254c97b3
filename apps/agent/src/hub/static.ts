import { createHash } from 'node:crypto';
import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { fileInside } from '../files.ts';
import { sendNotBuiltPage } from './sign-in.ts';

/**
 * Serve the built dashboard. Every path without a file extension is the page itself (its router reads the address);
 * other paths are files inside `root`, symbolic links that lead out of it refused. The page's `<base href>` is set as
 * it is served, so that the same build works under any base path.
 */
export function addDashboard(app: FastifyInstance, root: string, basePath: string): void {
  app.get('/*', { config: { policy: 'page' } }, (request, reply) => {
    const path = (request.params as { '*': string })['*'];
    if (path === 'api' || path.startsWith('api/')) {
      return reply.code(404).send({ message: `The hub has no ${request.method} /${path}.` });
    }
    if (path === '' || path === 'index.html' || extname(path) === '') return sendPage(reply, root, basePath);
    const file = fileInside(root, path);
    if (file === undefined) {
      return reply.code(404).send({ message: `The dashboard has no file "${path}".` });
    }
    // The build names these files by their content.
    if (path.startsWith('assets/')) reply.header('cache-control', 'private, max-age=31536000, immutable');
    // gzip as it stands: sent under that name, or it would be labelled as packed once more.
    if (extname(path) === '.litmol') return reply.type('application/gzip').send(createReadStream(file));
    return reply.sendFile(path, root, { cacheControl: false, dotfiles: 'deny' });
  });
}

function sendPage(reply: FastifyReply, root: string, basePath: string): FastifyReply {
  const file = join(root, 'index.html');
  if (!existsSync(file)) return sendNotBuiltPage(reply);
  const html = withBase(readFileSync(file, 'utf8'), basePath);
  return reply
    .type('text/html; charset=utf-8')
    .header('cache-control', 'no-cache')
    .header('content-security-policy', contentPolicy(html))
    .header('referrer-policy', 'no-referrer')
    .send(html);
}

/** The page with its `<base href>` set, put first in the head where there was none. */
export function withBase(html: string, basePath: string): string {
  const tag = `<base href="${basePath}">`;
  const present = /<base\s[^>]*>/i;
  return present.test(html)
    ? html.replace(present, tag)
    : html.replace(/<head[^>]*>/i, (head) => `${head}\n    ${tag}`);
}

/** What the page may load: its own files, its own inline scripts by their hash, and WebAssembly. */
function contentPolicy(html: string): string {
  const hashes = [...html.matchAll(/<script(?![^>]*\ssrc=)[^>]*>([\s\S]*?)<\/script>/gi)].map(
    ([, script]) => `'sha256-${createHash('sha256').update(script!).digest('base64')}'`,
  );
  return [
    "default-src 'self'",
    `script-src 'self' 'wasm-unsafe-eval' ${hashes.join(' ')}`.trim(),
    "worker-src 'self' blob:",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    "connect-src 'self' data: blob:",
    "object-src 'none'",
    "base-uri 'self'",
    "form-action 'self'",
    "frame-ancestors 'self'",
  ].join('; ');
}
