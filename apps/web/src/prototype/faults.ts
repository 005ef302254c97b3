import { InputError, LackingError } from '@litmatter/protocol';
import { DivergedError } from '@litmatter/training';
import type { Position, Trouble } from './messages.ts';

/** An error of the worker as a sentence with its mend, and the position to go on from where there is one. */
export function troubleOf(error: unknown, from: Position | null): Trouble {
  const said = error instanceof Error ? error.message : String(error);
  const trouble = (kind: Trouble['kind'], message: string, fields: Record<string, string> = {}): Trouble => ({
    type: 'trouble',
    kind,
    message,
    fields,
    from: kind === 'device' || kind === 'memory' || kind === 'fault' ? from : null,
  });
  if (error instanceof InputError) return trouble('input', said, error.fields);
  if (error instanceof LackingError) {
    return trouble('input', `${said} Choose another backend.`, { backend: 'does not start here' });
  }
  if (error instanceof DivergedError) return trouble('diverged', said);
  if (
    /out of memory|memory access out of bounds|allocation|\boom\b|exceeds the (max|limit)|larger than the (max|limit)/i.test(
      said,
    )
  ) {
    return trouble(
      'memory',
      'The device has no more memory for a batch of this size. Training stands at its last step: go on with half the batch, ' +
        'or choose a smaller model.',
    );
  }
  if (
    /device (is |was )?lost|lost (the graphics )?device|device.*destroyed|destroyed.*device|instance dropped|mapAsync/i.test(
      said,
    )
  ) {
    return trouble('device', deviceLost);
  }
  return trouble('fault', `The training worker has a fault: ${said}`);
}

export const deviceLost =
  'The browser has lost the graphics device: its driver was reset, or it was unplugged. Training stands at its last step; ' +
  'go on from there.';
