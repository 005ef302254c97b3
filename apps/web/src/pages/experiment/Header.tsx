import { Button } from '@mantine/core';
import { IconCopy, IconDownload, IconPlayerStop, IconRefresh } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { Fact, Facts } from '../../parts/Facts.tsx';
import { Meter } from '../../parts/Meter.tsx';
import { PageHeader } from '../../parts/Page.tsx';
import { StateMark, stateWord } from '../../parts/StateMark.tsx';
import { Unseen } from '../../parts/Table.tsx';
import { addressOf, call } from '../../state/api.ts';
import type { ExperimentData } from '../../state/experiment-data.ts';
import { counted, dateTime, integer, listed, percent, span, withinSentence } from '../../words/format.ts';
import { searchOfSpec } from '../design/from-spec.ts';
import styles from './Experiment.module.css';
import { progressOf } from './progress.ts';
import { useTarget, useTargetUnit } from './useTargetUnit.ts';

/** State, progress, time left, and what can be done with the whole experiment. */
export function Header({ data }: { readonly data: ExperimentData }) {
  const { experiment, spec } = data;
  const { epochsDone, epochs, secondsLeft } = progressOf(data);
  const target = useTarget(spec);
  const unit = useTargetUnit(data);
  const going = experiment.endedAt === null;
  return (
    <PageHeader
      title={experiment.name}
      beside={<StateMark state={experiment.state} />}
      actions={
        <>
          {going && <CancelAll data={data} />}
          <RetryFailed data={data} />
          <Button
            variant="default"
            component={Link}
            to="/design"
            search={searchOfSpec(spec, `${spec.name} (copy)`) as never}
            leftSection={<IconCopy size={14} />}
          >
            Duplicate
          </Button>
          {(['csv', 'json'] as const).map((format) => (
            <Button
              key={format}
              variant="default"
              component="a"
              href={addressOf('exportExperiment', { params: { id: experiment.id }, query: { format } })}
              download={`${experiment.id}.${format}`}
              leftSection={<IconDownload size={14} />}
            >
              {format.toUpperCase()}
            </Button>
          ))}
        </>
      }
    >
      <p className={styles.sub}>
        {spec.models.map(modelWords).join(', ')} on {spec.dataset.name}
        {spec.dataset.limits && `, ${listed(spec.dataset.limits.map(integer))} molecules`}
        {target && `, ${withinSentence(target.title)}`} · {counted(spec.devices.length, 'device count')}
        {spec.repeats > 1 && ` × ${spec.repeats} repeats`} · batch {spec.training.batchPerDevice} per device ·{' '}
        {spec.launcher.name} · {dateTime(experiment.createdAt)}
      </p>
      {/* State by state, not epoch by epoch. */}
      <span role="status">
        <Unseen>
          {stateWord(experiment.state)}: {integer(experiment.runsEnded)} of {counted(experiment.runs, 'run')}{' '}
          ended
          {experiment.runsFailed > 0 && `, ${integer(experiment.runsFailed)} failed`}.
        </Unseen>
      </span>
      {going && (
        <div className={styles.progress}>
          <Meter label="Epochs of all runs" done={epochsDone} of={epochs} />
        </div>
      )}
      <Facts>
        <Fact
          label="Epochs"
          value={`${integer(epochsDone)} of ${integer(epochs)}`}
          note={epochs > 0 && percent(Math.floor((100 * epochsDone) / epochs) / 100)}
        />
        <Fact
          label="Runs"
          value={`${integer(experiment.runsEnded)} of ${integer(experiment.runs)} ended`}
          note={
            experiment.runsFailed > 0 && <span className={styles.bad}>{experiment.runsFailed} failed</span>
          }
        />
        {going && (
          <Fact label="Time left" value={secondsLeft === null ? undefined : `about ${span(secondsLeft)}`} />
        )}
        {experiment.bestValidationMae !== null && (
          <Fact
            label="Best validation MAE"
            value={`${Number(experiment.bestValidationMae.toPrecision(3))} ${unit}`}
          />
        )}
      </Facts>
    </PageHeader>
  );
}

/** "schnet small (hiddenChannels 16, 32)". */
function modelWords({ name, preset, grid = {} }: ExperimentData['spec']['models'][number]): string {
  const varied = Object.entries(grid).map(
    ([option, values]) => `${option} ${values.map((value) => JSON.stringify(value)).join(', ')}`,
  );
  return `${name} ${preset}${varied.length > 0 ? ` (${varied.join('; ')})` : ''}`;
}

function CancelAll({ data }: { readonly data: ExperimentData }) {
  const [asked, setAsked] = useState<'no' | 'sure' | 'kept'>('no');
  const { id } = data.experiment;
  const cancel = useMutation({ mutationFn: () => call('cancelExperiment', { params: { id }, body: {} }) });
  if (asked !== 'sure')
    return (
      <Button
        variant="default"
        leftSection={<IconPlayerStop size={14} />}
        // Who has thought better of it is back where they were.
        autoFocus={asked === 'kept'}
        onClick={() => setAsked('sure')}
      >
        Cancel
      </Button>
    );
  return (
    <span className={styles.sure}>
      <Button
        color="red"
        autoFocus
        loading={cancel.isPending || cancel.isSuccess}
        onClick={() => cancel.mutate()}
      >
        Cancel every run
      </Button>
      {!cancel.isPending && !cancel.isSuccess && (
        <Button variant="default" onClick={() => setAsked('kept')}>
          Let it run
        </Button>
      )}
      {cancel.error && (
        <span role="alert" className={styles.bad}>
          {cancel.error.message}
        </span>
      )}
    </span>
  );
}

function RetryFailed({ data }: { readonly data: ExperimentData }) {
  const failed = data.runs.filter((run) => run.view.state === 'failed');
  const retry = useMutation({
    mutationFn: () =>
      Promise.all(failed.map((run) => call('retryRun', { params: { id: run.view.id }, body: {} }))),
  });
  if (failed.length === 0) return null;
  return (
    <>
      <Button
        variant="default"
        leftSection={<IconRefresh size={14} />}
        loading={retry.isPending}
        onClick={() => retry.mutate()}
      >
        Retry {counted(failed.length, 'failed run')}
      </Button>
      {retry.error && (
        <span role="alert" className={styles.bad}>
          {retry.error.message}
        </span>
      )}
    </>
  );
}
