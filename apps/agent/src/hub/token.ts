import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { InputError } from '@litmatter/protocol';

export interface Token {
  readonly value: string;
  /** Absolute path of the file that holds it: handed to ranks in place of the token. */
  readonly file: string;
}

const shape = /^[A-Za-z0-9._~-]{16,256}$/;

/**
 * The hub's token: from `tokenFile` where one is named, else from `token` in the data folder, made there once with
 * 256 random bits and readable by its owner alone.
 *
 * @throws InputError where the file cannot be read or holds no usable token
 */
export function loadToken(dataFolder: string, tokenFile?: string): Token {
  const file = resolve(tokenFile ?? join(dataFolder, 'token'));
  if (tokenFile === undefined) {
    mkdirSync(dataFolder, { recursive: true });
    try {
      writeFileSync(file, `${randomBytes(32).toString('base64url')}\n`, { flag: 'wx', mode: 0o600 });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
  return { value: readToken(file), file };
}

/** Read a token file. @throws InputError where it cannot be read or holds no usable token */
export function readToken(file: string): string {
  let text: string;
  try {
    text = readFileSync(file, 'utf8').trim();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new InputError(
      code === 'ENOENT'
        ? `The token file ${file} does not exist: write a secret of at least 16 characters into it, or leave --token-file out.`
        : `The token file ${file} cannot be read (${code}).`,
    );
  }
  if (!shape.test(text)) {
    throw new InputError(
      `The token file ${file} must hold one line of 16 to 256 characters of letters, digits, ".", "_", "~" or "-".`,
    );
  }
  return text;
}

/** Whether two secrets are equal, in a time that tells nothing of where or in which length they differ. */
export function sameSecret(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
