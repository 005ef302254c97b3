import { stripVTControlCharacters } from 'node:util';
import ora, { type Ora } from 'ora';
import { bytesText } from './words.ts';

/** What goes on, how much of it is done, and for how long. */
interface Step {
  readonly message: string;
  readonly bytes?: number;
  readonly totalBytes?: number;
  readonly seconds: number;
}

/** The line of progress on stderr: one that moves on a terminal, a line a step elsewhere. */
export class ProgressLine {
  #spinner: Ora | undefined;
  #message = '';

  say({ message, bytes, totalBytes, seconds }: Step): void {
    const text = stripVTControlCharacters(message);
    if (process.stderr.isTTY) {
      const line = `${text}${sizeText(bytes, totalBytes)} (${Math.floor(seconds)} s)`;
      if (this.#spinner) this.#spinner.text = line;
      else this.#spinner = ora({ text: line, stream: process.stderr, discardStdin: false }).start();
    } else if (text !== this.#message) process.stderr.write(`${text}\n`);
    this.#message = text;
  }

  end(): void {
    this.#spinner?.stop();
  }
}

function sizeText(bytes = 0, totalBytes?: number): string {
  if (bytes === 0) return '';
  return totalBytes === undefined
    ? `: ${bytesText(bytes)}`
    : `: ${bytesText(bytes)} of ${bytesText(totalBytes)} (${Math.floor((100 * bytes) / totalBytes)} %)`;
}
