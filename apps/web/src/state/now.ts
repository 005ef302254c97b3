import { useEffect, useState } from 'react';
import { hubNow } from './clock.ts';

/** The hub's time, moving every `every` milliseconds while the component is there. */
export function useNow(every = 1_000): number {
  const [now, setNow] = useState(hubNow);
  useEffect(() => {
    const timer = setInterval(() => setNow(hubNow()), every);
    return () => clearInterval(timer);
  }, [every]);
  return now;
}
