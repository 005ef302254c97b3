import type { Plan, RunPlan } from '@litmatter/protocol';
import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { lazy, Suspense, useMemo } from 'react';
import { fromHub } from '../../app/code.ts';
import { distinctNames } from '../../charts/series-names.ts';
import { fieldId } from '../../forms/Field.tsx';
import { Fact, Facts } from '../../parts/Facts.tsx';
import { Panel } from '../../parts/Panel.tsx';
import { None, Table } from '../../parts/Table.tsx';
import { call } from '../../state/api.ts';
import { planQuery, queryClient } from '../../state/queries.ts';
import { integer, percent, seconds, significant, span } from '../../words/format.ts';
import styles from './Design.module.css';
import { placeName } from './fields.ts';
import { forecastSeries } from './forecast-series.ts';
import type { Designing } from './useDesign.ts';

const ScalingChart = lazy(
  fromHub(async () => ({ default: (await import('../../charts/ScalingChart.tsx')).ScalingChart })),
);

/** What the design comes to, always in view. */
export function PlanPane({ design }: { readonly design: Designing }) {
  const { plan, errors, planError } = design;
  const wrong = Object.entries(errors);
  return (
    <Panel title="Plan" tools={design.planning && <span className={styles.quiet}>working it out …</span>}>
      {wrong.length > 0 ? (
        <div className={styles.mend}>
          <p>Mend {wrong.length === 1 ? 'this' : `these ${wrong.length}`} to see the plan:</p>
          <ul>
            {wrong.map(([path, sentence]) => (
              <li key={path}>
                <a
                  href={`#${fieldId(path)}`}
                  onClick={(event) => {
                    event.preventDefault();
                    showField(path);
                  }}
                >
                  {placeName(path)}
                </a>{' '}
                {sentence}
              </li>
            ))}
          </ul>
        </div>
      ) : planError ? (
        <p className={styles.error} role="alert">
          {planError.message}
        </p>
      ) : plan ? (
        <PlanBody plan={plan} design={design} />
      ) : (
        <div className={styles.planWait} />
      )}
    </Panel>
  );
}

/** Bring a field into view, opening what it is folded into. */
export function showField(path: string): void {
  const field = document.getElementById(fieldId(path));
  const folded = field?.closest('details');
  if (folded) folded.open = true;
  field?.scrollIntoView({ block: 'center' });
  field?.focus({ preventScroll: true });
}

function PlanBody({ plan, design }: { readonly plan: Plan; readonly design: Designing }) {
  const steps = plan.perModelAndCount.map((cell) => cell.stepsPerEpoch);
  return (
    <div className={styles.plan}>
      <Facts>
        <Fact label="Runs" value={integer(plan.runs)} />
        <Fact label="Steps per epoch" value={rangeOf(steps)} />
        <Fact
          label="Wall time"
          value={plan.wallSeconds === null ? undefined : `≈ ${span(plan.wallSeconds)}`}
        />
        <Fact
          label="Device-hours"
          value={plan.deviceHours === null ? undefined : `≈ ${significant(plan.deviceHours, 2)}`}
        />
      </Facts>
      <Forecast plan={plan} design={design} />
      <Cells cells={plan.perModelAndCount} />
      <Warnings plan={plan} />
    </div>
  );
}

function Forecast({ plan, design }: { readonly plan: Plan; readonly design: Designing }) {
  const { spec } = design;
  const series = useMemo(() => forecastSeries(plan), [plan]);
  const measure = useMutation({
    mutationFn: async () => {
      if (!spec) return;
      const measured = await call('plan', { body: spec, query: { calibrate: 'true' } });
      queryClient.setQueryData(planQuery(spec).queryKey, measured);
    },
  });
  const button = (
    <Button
      variant={series.length > 0 ? 'subtle' : 'default'}
      size="compact-xs"
      loading={measure.isPending}
      onClick={() => measure.mutate()}
    >
      Measure this machine
    </Button>
  );
  if (series.length === 0)
    return (
      <div className={styles.noForecast}>
        <p>
          {plan.warnings.join(' ') ||
            'No forecast yet: nothing like this has been measured here. A measurement takes a few real training steps.'}
        </p>
        {measure.error && (
          <p className={styles.error} role="alert">
            {measure.error.message}
          </p>
        )}
        {!measure.isSuccess && button}
      </div>
    );
  return (
    <div>
      <Suspense fallback={<div style={{ height: 250 }} />}>
        <ScalingChart
          series={series}
          axis="Seconds per epoch, forecast"
          scale="log"
          formatTick={(value) => significant(value)}
          height={216}
          summary={`Forecast of seconds per epoch against devices. ${series
            .flatMap((one) => one.points.map((point) => `${point.x}: ${seconds(point.y)}`))
            .join(', ')}`}
        />
      </Suspense>
      <p className={styles.basis}>
        {plan.basis} {button}
      </p>
    </div>
  );
}

function Cells({ cells }: { readonly cells: readonly RunPlan[] }) {
  const several = new Set(cells.map((cell) => cell.series)).size > 1;
  const names = distinctNames(cells.map((cell) => cell.series));
  const forecast = cells.some((cell) => cell.forecast);
  const columns = [
    ...(several ? ['Model'] : []),
    'Devices',
    { label: 'Steps per epoch', end: true },
    { label: 'Global batch', end: true },
    { label: 'Padding', end: true },
    ...(forecast ? [{ label: 'Forecast', end: true }] : []),
  ];
  return (
    <Table label="Runs by device count" columns={columns} inset>
      <tbody>
        {cells.map((cell, index) => (
          <tr key={`${cell.series} ${cell.devices}`}>
            {several && <td title={cell.series}>{names[index]}</td>}
            <th scope="row">
              {cell.devices}
              {cell.oversubscribed && (
                <span title="More ranks than cores: times do not show scaling" className={styles.over}>
                  {' '}
                  shared
                </span>
              )}
            </th>
            <td data-end className={styles.steps} data-warn={cell.stepsPerEpoch < 10 || undefined}>
              {integer(cell.stepsPerEpoch)}
            </td>
            <td data-end>{integer(cell.globalBatch)}</td>
            <td data-end>
              {cell.padding === 0 ? '0' : cell.padding < 0.001 ? '< 0.1 %' : percent(cell.padding, 1)}
            </td>
            {forecast && <td data-end>{cell.forecast ? seconds(cell.forecast.seconds) : <None />}</td>}
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

/** Each warning once, with the counts it is about. */
function Warnings({ plan }: { readonly plan: Plan }) {
  const about = new Map<string, number[]>();
  for (const cell of plan.perModelAndCount)
    for (const warning of cell.warnings) about.set(warning, [...(about.get(warning) ?? []), cell.devices]);
  const lines = [
    // Without a forecast they are said where it would be.
    ...(plan.basis === null ? [] : plan.warnings).map((words) => ({ words, counts: [] as number[] })),
    ...[...about].map(([words, counts]) => ({ words, counts: [...new Set(counts)] })),
  ];
  if (lines.length === 0) return null;
  return (
    <ul className={styles.warnings} aria-label="Warnings">
      {lines.map(({ words, counts }) => (
        <li key={words}>
          {counts.length > 0 && (
            <strong>
              {counts.length === 1 && counts[0] === 1 ? 'On 1 device' : `On ${counts.join(', ')} devices`}:{' '}
            </strong>
          )}
          {words}
        </li>
      ))}
    </ul>
  );
}

function rangeOf(values: readonly number[]): string {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return low === high ? integer(low) : `${integer(high)} to ${integer(low)}`;
}
