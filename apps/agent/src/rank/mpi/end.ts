import koffi from 'koffi';
import { worldOf } from './world.ts';

/**
 * End this process. In a rank that is a process a worker may sit in a native call that never returns, and Node's own
 * exit would wait for it: such a rank leaves by _exit(2).
 */
export function endProcess(code: number): never {
  if (worldOf(process.env) !== undefined && process.platform !== 'win32') {
    koffi.load(null).func('void _exit(int)')(code);
  }
  process.exit(code);
}
