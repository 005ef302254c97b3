import type { RunEvent, RunView } from '@litmatter/protocol';
import ora, { type Ora } from 'ora';
import { mae, secondsText } from './words.ts';

/** What a person at a terminal sees while runs go on: on stderr, one line that moves, or a line an epoch in a file. */
export class Progress {
  readonly #epochs: number;
  readonly #moving: boolean;
  #spinner: Ora | undefined;
  #runs = 0;
  #ended = 0;

  constructor(epochs: number, moving = process.stderr.isTTY === true) {
    this.#epochs = epochs;
    this.#moving = moving;
  }

  /** @param ended - runs that have ended before */
  begin(runs: number, ended = 0): void {
    this.#runs = runs;
    this.#ended = ended;
    this.#say('starting');
  }

  event(event: RunEvent, run: RunView): void {
    const { devices, model, repeat } = run.spec;
    const again = repeat === 0 ? '' : `, repeat ${repeat + 1}`;
    const what = `${model.name} on ${devices === 1 ? '1 device' : `${devices} devices`}${again}`;
    if (event.type === 'started') {
      this.#say(
        `${what}: ${event.stepsPerEpoch} steps an epoch${event.oversubscribed ? ', oversubscribed' : ''}`,
      );
    } else if (event.type === 'epoch') {
      const loss = event.trainLoss === null ? '' : `, loss ${event.trainLoss.toPrecision(3)}`;
      const error = event.validationMae === null ? '' : `, validation MAE ${mae(event.validationMae)}`;
      this.#say(
        `${what}: epoch ${event.epoch} of ${this.#epochs}, ${secondsText(event.seconds)}${loss}${error}`,
      );
    } else if (event.type === 'log') {
      // That an attempt goes on from a checkpoint is worth a line too.
      if (event.level !== 'info' || event.message.startsWith('Attempt ')) {
        this.#line(`${what}: ${event.message}`);
      }
    } else {
      // An attempt that is followed by another has not ended the run.
      if (run.endedAt !== null) this.#ended++;
      this.#line(`${what}: ${event.state}${event.reason === undefined ? '' : `. ${event.reason}`}`);
    }
  }

  end(): void {
    this.#spinner?.stop();
    this.#spinner = undefined;
  }

  /** What goes on now: replaces what went on before. */
  #say(text: string): void {
    const place = `[${Math.min(this.#ended + 1, this.#runs)}/${this.#runs}] ${text}`;
    if (!this.#moving) process.stderr.write(`${place}\n`);
    else if (this.#spinner) this.#spinner.text = place;
    else this.#spinner = ora({ text: place, stream: process.stderr, discardStdin: false }).start();
  }

  /** What is worth keeping on the screen. */
  #line(text: string): void {
    const moving = this.#spinner?.text;
    this.#spinner?.stop();
    process.stderr.write(`${text}\n`);
    if (this.#spinner && moving !== undefined) this.#spinner.start(moving);
  }
}
