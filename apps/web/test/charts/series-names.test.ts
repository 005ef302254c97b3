import { describe, expect, test } from 'vitest';
import { distinctNames, endNames } from '../../src/charts/series-names.ts';

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

describe('names at the ends of lines', () => {
  test('stay as they are where there is room', () => {
    expect(endNames(['hiddenChannels 16', 'hiddenChannels 32'])).toEqual([
      'hiddenChannels 16',
      'hiddenChannels 32',
    ]);
  });

  test('lose the words that all of them begin or end with, no more than room asks for', () => {
    const names = ['hiddenChannels 16, 250 molecules', 'hiddenChannels 32, 2,000 molecules'];
    expect(endNames(names)).toEqual(['16, 250 molecules', '32, 2,000 molecules']);
    expect(endNames(names, 12)).toEqual(['16, 250', '32, 2,000']);
  });

  test('are cut where that is not enough, and one alone is', () => {
    expect(endNames(['a name without any room beside it'], 10)).toEqual(['a name wi…']);
    expect(endNames(['the same', 'the same'], 5)).toEqual(['same', 'same']);
  });
});
