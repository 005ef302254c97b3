import koffi from 'koffi';
import { someThreadHolds } from '../end-thread.ts';
import { worldOf } from './world.ts';

/**
 * End this process. In a rank that is a process a worker may sit in a native call that never returns, and Node's own
 * exit would wait for it; where a thread still holds a graphics device, Node's own exit would abort. Such a process
 * leaves by _exit(2).
 */
export function endProcess(code: number): never {
  const hard = worldOf(process.env) !== undefined || someThreadHolds();
  if (hard && process.platform !== 'win32') {
    koffi.load(null).func('void _exit(int)')(code);
  }
  process.exit(code);
}
