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
/* The dashboard's colours: this page is before it, and takes none of its files. */
:root { color-scheme: light dark; }
body { margin: 0; background: light-dark(#f8f8f6, #101214); color: light-dark(#1b1d1f, #e8ebed); font: 14px/1.55 system-ui, sans-serif; }
main { max-width: 400px; margin: 14vh auto 0; padding: 0 16px; }
h1 { margin: 0 0 10px; font-size: 20px; letter-spacing: -0.015em; }
p { margin: 0 0 16px; color: light-dark(#53595f, #a9b1b8); }
code { padding: 1px 5px; border-radius: 4px; background: light-dark(#eceeeb, #1d2125); color: light-dark(#1b1d1f, #e8ebed); font: 12.5px ui-monospace, monospace; }
label { display: block; margin-bottom: 4px; font-weight: 500; }
input, button { box-sizing: border-box; height: 38px; border-radius: 6px; font: inherit; }
input { width: 100%; margin-bottom: 12px; padding: 0 10px; border: 1px solid light-dark(#8d969e, #6b747c); background: light-dark(#fff, #16191c); color: inherit; }
button { padding: 0 18px; border: 0; background: light-dark(#0b6a7d, #127388); color: #fff; font-weight: 600; cursor: pointer; }
:focus-visible { outline: 2px solid light-dark(#0b6a7d, #5cc8dc); outline-offset: 2px; }
.error { color: light-dark(#b72d23, #ff8a7a); }
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
