import koffi from 'koffi';

/**
 * End the process of a rank, or of several. A worker may sit in a native call that never returns, and Node's own exit
 * would wait for it, or hold a graphics device, and Node's own exit would abort: it leaves by _exit(2).
 */
export function endProcess(code: number): never {
  if (process.platform !== 'win32') {
    koffi.load(null).func('void _exit(int)')(code);
  }
  process.exit(code);
}
