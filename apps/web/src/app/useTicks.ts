import { useEffect, useReducer } from 'react';

/** Draw the component again every `every` milliseconds: for ages and times left. */
export function useTicks(every: number, on = true): void {
  const [, tick] = useReducer((count: number) => count + 1, 0);
  useEffect(() => {
    if (!on) return undefined;
    const timer = setInterval(tick, every);
    return () => clearInterval(timer);
  }, [every, on]);
}
