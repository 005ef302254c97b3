import type { FastifyReply } from 'fastify';

/** Text as it may stand between tags or in a quoted attribute. */
function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}

function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escaped(title)}</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 32rem; margin: 15vh auto 0; padding: 0 1rem; }
h1 { font-size: 1.4rem; }
input, button { font: inherit; padding: 0.4rem 0.6rem; }
input { width: 100%; box-sizing: border-box; margin: 0.3rem 0 0.8rem; }
.error { color: #c92a2a; }
</style>
</head>
<body>
<main>
<h1>${escaped(title)}</h1>
${body}
</main>
</body>
</html>
`;
}

const policy =
  "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/** Answer a page request that came without the token: a form that asks for it. */
export function sendSignInPage(reply: FastifyReply, basePath: string, problem?: string): FastifyReply {
  return reply
    .code(401)
    .type('text/html; charset=utf-8')
    .header('content-security-policy', policy)
    .header('cache-control', 'no-store')
    .send(
      page(
        'LitMatter: sign in',
        `<p>This hub opens with its token: it stands in the address that <code>litmatter serve</code> printed, and in the file <code>token</code> of its data folder.</p>
${problem === undefined ? '' : `<p class="error" role="alert">${escaped(problem)}</p>\n`}<form method="get" action="${escaped(basePath)}">
<label for="token">Token</label>
<input id="token" name="token" type="password" autocomplete="off" autofocus required>
<button>Open</button>
</form>`,
      ),
    );
}

/** Answer a page request on a hub whose dashboard has not been built. */
export function sendNotBuiltPage(reply: FastifyReply): FastifyReply {
  return reply
    .code(503)
    .type('text/html; charset=utf-8')
    .header('content-security-policy', policy)
    .send(
      page(
        'LitMatter',
        '<p>The hub runs, but its dashboard has not been built yet: run <code>npm run build</code> (or <code>npm start</code>) in the clone, then load this page again.</p>',
      ),
    );
}
