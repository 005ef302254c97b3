import type { Collective } from './collective.ts';

/** One rank: nothing to exchange. */
export class SingleCollective implements Collective {
  readonly kind = 'single';
  readonly rank = 0;
  readonly size = 1;

  async allReduce(): Promise<void> {}

  async broadcast(): Promise<void> {}

  async gather(values: Float64Array): Promise<Float64Array[]> {
    return [values.slice()];
  }

  async barrier(): Promise<void> {}
}
