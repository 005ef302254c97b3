import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The folder of real data beside the checkout; undefined where it is not there (tests that need it are skipped). */
const folder = fileURLToPath(new URL('../../../../shared/data', import.meta.url));
export const sharedData: string | undefined = existsSync(folder) ? folder : undefined;
