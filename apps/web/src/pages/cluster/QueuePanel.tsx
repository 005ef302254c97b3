import type { BatchSystem, QueuedJob } from '@litmatter/protocol';
import { Link } from '@tanstack/react-router';
import { Fragment, memo, useMemo, useRef } from 'react';
import { Panel } from '../../parts/Panel.tsx';
import { None, Spacer, Table } from '../../parts/Table.tsx';
import { Tabs } from '../../parts/Tabs.tsx';
import { useVisibleRows } from '../../parts/useVisibleRows.ts';
import { counted, dateTime, integer, span } from '../../words/format.ts';
import styles from './Cluster.module.css';
import type { Asked } from './search.ts';

const rowHeight = 34;

const columns = [
  'Job',
  'Name',
  'State',
  'Time',
  'User',
  'Partition',
  { label: 'Nodes', end: true },
  { label: 'CPUs', end: true },
  { label: 'GPUs', end: true },
];

interface QueuePanelProps extends Asked {
  readonly batch: BatchSystem;
  /** Hub's clock. */
  readonly now: number;
}

/** The queue: this person's jobs first, why what waits waits, and when it is expected to begin. */
export function QueuePanel({ batch, search, change, now }: QueuePanelProps) {
  const { counts, user } = batch;
  const jobs = useMemo(
    () =>
      batch.jobs.filter(
        (job) =>
          (search.jobs === undefined || job.mine) &&
          (search.partition === undefined || job.partition?.split(',').includes(search.partition)),
      ),
    [batch.jobs, search.jobs, search.partition],
  );
  const body = useRef<HTMLTableSectionElement>(null);
  const { first, last } = useVisibleRows(body, jobs.length, rowHeight);
  const all = counts.running + counts.pending;
  const left = all - batch.jobs.length;
  return (
    <Panel
      title={`Queue: ${integer(counts.running)} at work, ${integer(counts.pending)} waiting`}
      flush
      tools={
        <Tabs
          label="Whose jobs"
          controls="queue"
          tabs={[
            { value: 'all', label: `Everybody’s ${integer(all)}` },
            { value: 'mine', label: `Mine ${integer(counts.mine)}` },
          ]}
          value={search.jobs ?? 'all'}
          change={(jobs) => change({ jobs: jobs === 'mine' ? 'mine' : undefined })}
        />
      }
    >
      <div id="queue">
        {jobs.length === 0 ? (
          <p className={styles.nothing}>
            {search.jobs === 'mine' ? `${user} has no job in the queue.` : 'No job is in the queue.'}
          </p>
        ) : (
          <Table label="Jobs" columns={columns} rows={jobs.length} className={styles.table} scrolls>
            <tbody ref={body}>
              <Spacer columns={columns.length} height={first * rowHeight} />
              {jobs.slice(first, last).map((job, offset) => (
                // The minute is what is shown of the time.
                <JobRow
                  key={job.id}
                  job={job}
                  index={first + offset}
                  marked={job.mine && counts.mine < all}
                  now={Math.floor(now / 30_000) * 30_000}
                />
              ))}
              <Spacer columns={columns.length} height={(jobs.length - last) * rowHeight} />
            </tbody>
          </Table>
        )}
        {left > 0 && (
          <p className={styles.more}>
            {counted(left, 'more job')} of others {left === 1 ? 'is' : 'are'} not listed.
          </p>
        )}
      </div>
    </Panel>
  );
}

const stateWords = {
  pending: 'Waiting',
  starting: 'Starting',
  running: 'Running',
  suspended: 'Suspended',
  ending: 'Ending',
  unknown: 'Not known',
} as const;

interface JobRowProps {
  readonly job: QueuedJob;
  readonly index: number;
  /** Set off from others'. */
  readonly marked: boolean;
  readonly now: number;
}

const JobRow = memo(function JobRow({ job, index, marked, now }: JobRowProps) {
  return (
    <tr style={{ height: rowHeight }} aria-rowindex={index + 2} data-chosen={marked || undefined}>
      <th scope="row">{job.id}</th>
      <td className={styles.jobName}>
        {job.runs.length === 0
          ? job.name
          : job.runs.map((run, i) => (
              <Fragment key={run.id}>
                {i > 0 && ', '}
                <Link to="/experiments/$id" params={{ id: run.experiment }}>
                  Run {run.index + 1}, {run.name}
                </Link>
              </Fragment>
            ))}
      </td>
      <td className={styles.jobWhy}>
        <p title={job.reason ?? undefined}>
          <span className={styles.jobState} data-state={job.state}>
            {stateWords[job.state]}
          </span>
          {job.reason && <span className={styles.reason}>: {job.reason}</span>}
        </p>
      </td>
      <td title={job.startsAt === null ? undefined : dateTime(job.startsAt)}>{timeOf(job, now)}</td>
      <td>{job.mine ? 'you' : job.user}</td>
      <td>{job.partition}</td>
      <td data-end title={job.nodes ?? undefined}>
        {job.nodeCount === null ? <None /> : integer(job.nodeCount)}
      </td>
      <td data-end>{job.cpus === null ? <None /> : integer(job.cpus)}</td>
      <td data-end>{job.gpus === null ? <None /> : integer(job.gpus)}</td>
    </tr>
  );
});

/** How long it runs, or how long until it is expected to. */
function timeOf({ state, startsAt, submittedAt, timeLimitSeconds }: QueuedJob, now: number): string {
  const limit = timeLimitSeconds === null ? '' : ` of ${span(timeLimitSeconds)}`;
  if (state !== 'pending') {
    return startsAt === null ? '' : `${span(Math.max(0, now - startsAt) / 1_000)}${limit}`;
  }
  if (startsAt !== null && startsAt > now) return `expected in ${span((startsAt - now) / 1_000)}`;
  return submittedAt === null ? '' : `waits for ${span(Math.max(0, now - submittedAt) / 1_000)}`;
}
