// What jsdom lacks and the components ask for, and zod's settings, as main.tsx has them.
import '../src/app/zod-config.ts';
import { cleanup, configure } from '@testing-library/react';
import { afterEach, vi } from 'vitest';

// A machine may be busy: what is waited for has time to come.
configure({ asyncUtilTimeout: 15_000 });
afterEach(cleanup);

// How long a machine takes to load a page is not what tests are about, and on a busy one it is more than the default second.
configure({ asyncUtilTimeout: 15_000 });

class NoResizing implements ResizeObserver {
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
}
vi.stubGlobal('ResizeObserver', NoResizing);

window.matchMedia = (media: string) =>
  ({
    media,
    matches: false,
    onchange: null,
    addEventListener() {},
    removeEventListener() {},
    addListener() {},
    removeListener() {},
    dispatchEvent: () => false,
  }) satisfies MediaQueryList;

window.scrollTo = () => {};
Element.prototype.scrollIntoView = () => {};
HTMLDialogElement.prototype.showModal ??= function showModal(this: HTMLDialogElement) {
  this.open = true;
};
HTMLDialogElement.prototype.close ??= function close(this: HTMLDialogElement) {
  this.open = false;
};
