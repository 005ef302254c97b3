import { describe, expect, test } from 'vitest';
import { distinctNames } from '../../src/charts/series-names.ts';

describe('the names of series', () => {
  test('leave out what all of them share', () => {
    expect(
      distinctNames([
        'schnet small {hiddenChannels 16, cutoff 5}, 1,000 molecules',
        'schnet small {hiddenChannels 32, cutoff 5}, 1,000 molecules',
        'schnet small {hiddenChannels 32, cutoff 5}, 4,000 molecules',
      ]),
    ).toEqual([
      'hiddenChannels 16, 1,000 molecules',
      'hiddenChannels 32, 1,000 molecules',
      'hiddenChannels 32, 4,000 molecules',
    ]);
  });

  test('stay whole where nothing else would tell them apart', () => {
    expect(distinctNames(['schnet small'])).toEqual(['schnet small']);
    expect(distinctNames(['schnet small', 'schnet small'])).toEqual(['schnet small', 'schnet small']);
    expect(distinctNames(['schnet small', 'schnet small {cutoff 5}'])).toEqual([
      'schnet small',
      'schnet small {cutoff 5}',
    ]);
  });

  test('of different models keep the models', () => {
    expect(distinctNames(['schnet small', 'nnconv small'])).toEqual(['schnet small', 'nnconv small']);
  });
});
