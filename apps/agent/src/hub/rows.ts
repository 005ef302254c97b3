import type { EpochEvent, ExperimentSummary, RunEvent, RunView } from '@litmatter/protocol';

/** What the tables hold, and how a row becomes what the protocol speaks of. Rows were decoded before they were stored. */

/** A page gets an epoch's per-rank list up to this many ranks; the export and `runs/:id/events` always carry it. */
export const maxRanksOnPage = 64;

export interface ExperimentRow {
  id: string;
  name: string;
  spec: string;
  models: string;
  dataset: string;
  devices: string;
  archived: number;
  created_at: number;
  changed: number;
  state: ExperimentSummary['state'];
  ended_at: number | null;
  runs: number;
  runs_ended: number;
  runs_failed: number;
  epochs: number;
  epochs_done: number;
  best_validation_mae: number | null;
  target_unit: string | null;
}

export interface RunRow {
  id: string;
  experiment: string;
  idx: number;
  spec: string;
  launcher: string;
  state: RunView['state'];
  reason: string | null;
  attempt: number;
  cancel_requested: number;
  started: string | null;
  test_mae: number | null;
  created_at: number;
  started_at: number | null;
  ended_at: number | null;
  last_heard_at: number | null;
  restarts: number;
  resume_next: number;
  because: string | null;
}

export interface EventRow {
  cursor: number;
  body: string;
  rank_count: number;
  ranks: string | null;
}

export function toSummary(row: ExperimentRow): ExperimentSummary {
  return {
    id: row.id,
    name: row.name,
    state: row.state,
    archived: row.archived === 1,
    createdAt: row.created_at,
    endedAt: row.ended_at,
    models: JSON.parse(row.models) as string[],
    dataset: row.dataset,
    devices: JSON.parse(row.devices) as number[],
    runs: row.runs,
    runsEnded: row.runs_ended,
    runsFailed: row.runs_failed,
    epochs: row.epochs,
    epochsDone: row.epochs_done,
    bestValidationMae: row.best_validation_mae,
    targetUnit: row.target_unit,
  };
}

export function toRunView(row: RunRow): RunView {
  return {
    id: row.id,
    experiment: row.experiment,
    index: row.idx,
    spec: JSON.parse(row.spec) as RunView['spec'],
    state: row.state,
    reason: row.reason,
    attempt: row.attempt,
    started: row.started === null ? null : (JSON.parse(row.started) as RunView['started']),
    testMae: row.test_mae,
    createdAt: row.created_at,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    lastHeardAt: row.last_heard_at,
  };
}

/** An event as it is stored: its list of ranks apart from the rest. */
export function splitEvent(event: RunEvent): { body: string; rankCount: number; ranks: string | null } {
  if (!('ranks' in event)) return { body: JSON.stringify(event), rankCount: 0, ranks: null };
  const { ranks, ...rest } = event;
  return { body: JSON.stringify(rest), rankCount: ranks.length, ranks: JSON.stringify(ranks) };
}

export function joinEvent(row: EventRow): RunEvent {
  const body = JSON.parse(row.body) as RunEvent;
  if (body.type !== 'started' && body.type !== 'epoch') return body;
  return { ...body, ranks: row.ranks === null ? [] : JSON.parse(row.ranks) } as RunEvent;
}

export function toEpochView(row: EventRow): EpochEvent {
  return joinEvent(row) as EpochEvent;
}
