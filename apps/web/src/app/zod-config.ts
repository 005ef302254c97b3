import { config } from 'zod';

/**
 * Imported before any schema: the hub's content policy forbids code made from strings, which zod would otherwise try
 * for speed.
 */
config({ jitless: true });
