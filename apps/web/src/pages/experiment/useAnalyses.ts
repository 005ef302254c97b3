import type { Analysis, Point } from '@litmatter/scaling';
import { startTransition, useEffect, useMemo, useRef, useState } from 'react';
import type { ExperimentData } from '../../state/experiment-data.ts';
import { pointsOf } from './analysis.ts';
import { type Fitted, fitAll, fitInTurns } from './fitting.ts';

const turn = () => new Promise<void>((resolve) => setTimeout(resolve));

/**
 * What the times of an experiment say so far, one analysis a series. At once when the page opens; then in turns of its
 * own as epochs arrive, so that it lags behind them by some tens of milliseconds and holds up no frame. A pass that has
 * begun is ended, and the next takes what is there by then: however fast epochs come, fits follow.
 */
export function useAnalyses(data: ExperimentData): readonly Analysis[] {
  const points = useMemo(() => pointsOf(data), [data]);
  const [{ fitted, fault }, setShown] = useState<{ readonly fitted: Fitted; readonly fault?: unknown }>(
    () => ({
      fitted: fitAll(points),
    }),
  );
  const work = useRef({ wanted: points, held: fitted, going: false });
  useEffect(() => {
    const it = work.current;
    it.wanted = points;
    if (it.going) return;
    it.going = true;
    const pass = async () => {
      let done: readonly Point[];
      do {
        done = it.wanted;
        const next = await fitInTurns(done, it.held, turn);
        if (next === it.held) continue;
        it.held = next;
        startTransition(() => setShown({ fitted: next }));
      } while (done !== it.wanted);
    };
    pass()
      .catch((error: unknown) => setShown({ fitted: it.held, fault: error }))
      .finally(() => {
        it.going = false;
      });
  }, [points]);
  // As if it had been thrown while drawing: the page tells of it.
  if (fault !== undefined) throw fault;
  return useMemo(() => [...fitted.values()].map(({ analysis }) => analysis), [fitted]);
}
