import { Store } from './store.ts';

/** True once the hub has answered that this browser does not hold its token. */
export const signedOut = new Store(false);
