import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import pino, { type Logger } from 'pino';
import pretty from 'pino-pretty';

/** Paths no secret may leave through, whatever object is logged. */
export const redacted = [
  'token',
  '*.token',
  '*.*.token',
  'authorization',
  '*.authorization',
  '*.*.authorization',
  'cookie',
  '*.cookie',
  '*.*.cookie',
  '*["set-cookie"]',
  '*.*["set-cookie"]',
];

/** The hub's log: `hub.log` in the data folder, and the terminal's stderr too where asked for. */
export function openLog(folder: string, options: { readonly terminal: boolean }): Logger {
  mkdirSync(folder, { recursive: true });
  const file = pino.destination({ dest: join(folder, 'hub.log'), append: true, sync: true });
  const streams: pino.StreamEntry[] = [{ stream: file }];
  if (options.terminal)
    streams.push({ stream: pretty({ destination: 2, sync: true, ignore: 'pid,hostname' }) });
  return pino({ redact: { paths: redacted, censor: '[hidden]' }, base: null }, pino.multistream(streams));
}
