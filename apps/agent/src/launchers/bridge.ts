import {
  type DatasetChoice,
  decode,
  type ParityAnswer,
  type ParityRequest,
  parityAnswer,
} from '@litmatter/protocol';
import type { BridgeRequest } from '../bridge/request.ts';
import { inOwnProcess } from './own-process.ts';

const bridge = {
  program: new URL('../bridge/main.ts', import.meta.url),
  what: 'the work for the page',
  limitSeconds: 180,
};

/** What the Prototype page asks for, worked out beside the hub, one after the other. */
export class Bridge {
  readonly #site: { readonly dataFolder: string; readonly config: string | null };
  #turn: Promise<unknown> = Promise.resolve();

  /** @param site.dataFolder - folder of downloaded and cached data sets */
  constructor(site: { readonly dataFolder: string; readonly config: string | null }) {
    this.#site = site;
  }

  /**
   * The molecules that a choice of data takes, as `packMolecules` packs them.
   *
   * @throws InputError where there are none such, or too many for a page
   */
  molecules(dataset: DatasetChoice): Promise<Buffer> {
    return this.#ask({ work: 'molecules', dataset });
  }

  /** What a trained model predicts of a batch on the best backend here. @throws InputError */
  async parity(asked: ParityRequest): Promise<ParityAnswer> {
    const out = await this.#ask({ work: 'parity', ...asked });
    return decode(parityAnswer, JSON.parse(out.toString()), 'the result of the parity check');
  }

  #ask(work: BridgeRequest['asked']): Promise<Buffer> {
    const request: BridgeRequest = { ...this.#site, asked: work };
    const result = this.#turn.then(() => inOwnProcess(bridge, request));
    this.#turn = result.catch(() => undefined);
    return result;
  }
}
