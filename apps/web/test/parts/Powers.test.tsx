import { render } from '@testing-library/react';
import { expect, test } from 'vitest';
import { Powers } from '../../src/parts/Powers.tsx';

const html = (words: string) => render(<Powers>{words}</Powers>).container.innerHTML;

test('exponents stand high, with a minus that is one', () => {
  expect(html('t = α n^-β')).toBe('t = α n<sup>−β</sup>');
  expect(html('falls as D^-0.42 (95 % interval 0.31 to 0.53): doubling')).toBe(
    'falls as D<sup>−0.42</sup> (95 % interval 0.31 to 0.53): doubling',
  );
  expect(html('it goes as D^0.3.')).toBe('it goes as D<sup>0.3</sup>.');
});

test('words without one stay as they are', () => {
  expect(html('t = c + A/n')).toBe('t = c + A/n');
});
