import type { RunView } from '@litmatter/protocol';
import { analyseAll, pointsOfRuns } from '@litmatter/scaling';
import { fireEvent, render, screen } from '@testing-library/react';
import { describe, expect, test } from 'vitest';
import { quantities, quantityNamed } from '../../src/charts/quantities.ts';
import { ScalingChart } from '../../src/charts/ScalingChart.tsx';
import { scalingSeries } from '../../src/charts/scaling-series.ts';
import { fromSnapshot, pageSnapshot } from '../../src/state/experiment-data.ts';
import { runViews, snapshot } from '../samples.ts';
import { svgOf } from '../svg.ts';

const started: Omit<NonNullable<RunView['started']>, 'oversubscribed'> = {
  ranks: [],
  collective: 'threads',
  parameters: 63_233,
  trainSamples: 1_600,
  validationSamples: 200,
  stepsPerEpoch: 13,
};

function analysis(counts = 3) {
  const runs = runViews((index) => ({ started: { ...started, oversubscribed: index === 2 } })).slice(
    0,
    counts,
  );
  const data = fromSnapshot(pageSnapshot.parse(snapshot({ runs })));
  return analyseAll(data.runs.flatMap((run) => pointsOfRuns([run.view], run.epochs)))[0]!;
}

function draw(name: Parameters<typeof quantityNamed>[0], counts = 3, width = 800) {
  const quantity = quantityNamed(name);
  const series = [scalingSeries(analysis(counts), quantity, { label: 'schnet small', style: 0 })];
  const { container } = render(
    <ScalingChart
      series={series}
      axis={quantity.axis}
      scale={quantity.scale}
      formatTick={quantity.formatTick}
      height={380}
      width={width}
      counts={[1, 2, 4]}
      summary={quantity.axis}
    />,
  );
  return container;
}

describe('the scaling chart', () => {
  test.each(quantities.map((one) => one.name))('%s is drawn as it was', async (name) => {
    await expect(svgOf(draw(name))).toMatchFileSnapshot(`./snapshots/scaling-${name}.svg`);
  });

  test('a law is drawn from three device counts on, and none before', () => {
    expect(draw('time', 2).querySelector('[class*="band"], [class*="beyond"]')).toBeNull();
    expect(draw('time', 3).querySelector('[class*="beyond"]')).not.toBeNull();
  });

  test('oversubscribed points are hollow, and the legend says what that means', () => {
    const chart = draw('time');
    expect(chart.querySelectorAll('[class*="hollow"]')).toHaveLength(1);
    expect(screen.getByText('oversubscribed: more ranks than cores')).toBeDefined();
  });

  test('a band that would hide the points is not drawn, and the legend says so', () => {
    const drawWith = (ratio: number) =>
      render(
        <ScalingChart
          series={[
            {
              ...{ key: 'a', label: 'a', style: 0 },
              points: [1, 2, 4].map((x) => ({
                ...{ x, y: 8 / x, low: 8 / x, high: 8 / x, hollow: false, faint: false, tip: () => [] },
              })),
              line: {
                ...{ from: 1, to: 8, solidTo: 4, at: (x) => 8 / x },
                band: (x) => ({ low: 8 / x / ratio, high: (8 / x) * ratio }),
              },
            },
          ]}
          axis="Seconds per epoch"
          scale="log"
          formatTick={String}
          height={380}
          width={800}
          counts={[1, 2, 4]}
          summary="Seconds per epoch"
        />,
      ).container;
    expect(drawWith(1.2).querySelector('[class*="band"]')).not.toBeNull();
    expect(screen.getByText('power law with its 95 % band')).toBeDefined();
    const bare = drawWith(20);
    expect(bare.querySelector('[class*="band"]')).toBeNull();
    expect(bare.querySelector('[class*="beyond"]')).not.toBeNull();
    expect(screen.getByText('power law, its band too wide to draw')).toBeDefined();
  });

  test('where there is no room beside the lines, a legend names them', () => {
    expect(draw('time', 3, 340).querySelector('li')?.textContent).toBe('schnet small');
  });

  test('the point under the pointer tells its numbers with their units', () => {
    const chart = draw('time');
    const frame = chart.querySelector('[class*="frame"]')!;
    const mark = chart.querySelector('[class*="solid"]')!;
    const [, x, y] = /translate\(([\d.]+) ([\d.]+)\)/.exec(mark.getAttribute('transform')!)!;
    fireEvent.pointerMove(frame, { clientX: Number(x) + 3, clientY: Number(y) - 3 });
    expect(screen.getByText('schnet small, 1 device')).toBeDefined();
    expect(screen.getByText('8.40 s per epoch, median of 2 epochs, ± 0 s (MAD)')).toBeDefined();
    fireEvent.pointerLeave(frame);
    expect(screen.queryByText('schnet small, 1 device')).toBeNull();
  });
});
