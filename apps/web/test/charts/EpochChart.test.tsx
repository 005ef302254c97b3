import { render } from '@testing-library/react';
import { expect, test } from 'vitest';
import { EpochChart, type EpochLine } from '../../src/charts/EpochChart.tsx';
import { svgOf } from '../svg.ts';

const lines = (count: number, epochs: number): EpochLine[] =>
  Array.from({ length: count }, (_, run) => ({
    key: `run ${run}`,
    label: `${2 ** run} devices`,
    group: `${2 ** run} devices`,
    short: String(2 ** run),
    colour: 'var(--ramp-1)',
    points: Array.from({ length: epochs }, (__, index) => ({
      x: index + 1,
      y: 8 / 2 ** run + 1 / (index + 1),
    })),
  }));

const draw = (given: readonly EpochLine[], epochs: number, scale: 'log' | 'linear' = 'linear') =>
  render(
    <EpochChart
      lines={given}
      epochs={epochs}
      axis="Seconds per epoch"
      scale={scale}
      format={String}
      formatTick={String}
      height={300}
      width={600}
      summary="Seconds per epoch"
    />,
  ).container;

test('a line a run, named at its end, is drawn as it was', async () => {
  await expect(svgOf(draw(lines(3, 6), 6))).toMatchFileSnapshot('./snapshots/epochs-linear.svg');
});
test('losses are drawn on a logarithmic axis as they were', async () => {
  await expect(svgOf(draw(lines(2, 5), 10, 'log'))).toMatchFileSnapshot('./snapshots/epochs-log.svg');
});
test('thousands of epochs come down to as many points as there are pixels to tell apart', () => {
  const path = draw(lines(1, 5_000), 5_000).querySelector('path[class*="run"]')!.getAttribute('d')!;
  expect(path.split('L').length).toBeLessThan(600);
});
test('a run with a single epoch is a dot', () => {
  expect(draw(lines(1, 1), 5).querySelector('circle')).not.toBeNull();
});
