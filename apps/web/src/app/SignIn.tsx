import { Notice } from './Notice.tsx';

/** What a browser without the hub's cookie sees. The hub's own form takes a token that was copied by itself. */
export function SignIn() {
  return (
    <Notice title="Sign in to this hub">
      <p>
        Open the address that <code>litmatter serve</code> printed: it ends in <code>?token=…</code> and signs
        this browser in once.
      </p>
      <p>
        Only the token at hand? <a href={document.baseURI}>Reload this page</a>, and the hub asks for it. It
        stands in the file <code>token</code> of the hub’s data folder.
      </p>
    </Notice>
  );
}
