import { type RefObject, useEffect, useState } from 'react';

/** Rows drawn beyond either edge of the window, so that a fast scroll meets no blank. */
const beyond = 10;

/** Rows drawn in any case: a list out of sight is still a list to who reads with other means than the eye. */
const least = 20;

/** Lists up to this long are drawn whole: nothing is gained otherwise, and the browser's own search finds it all. */
const short = 60;

interface Visible {
  readonly first: number;
  readonly last: number;
}

/**
 * Which rows of a list of equal heights are in the window: `[first, last)`. It moves in steps, so that most scroll
 * events draw nothing again.
 */
export function useVisibleRows(list: RefObject<HTMLElement | null>, count: number, height: number): Visible {
  const [visible, setVisible] = useState<Visible>({ first: 0, last: 40 });
  useEffect(() => {
    const look = () => {
      const top = list.current?.getBoundingClientRect().top ?? 0;
      const first = Math.floor(-top / height / beyond) * beyond - beyond;
      const last = Math.ceil((innerHeight - top) / height / beyond) * beyond + beyond;
      setVisible((before) => (before.first === first && before.last === last ? before : { first, last }));
    };
    look();
    // Caught on its way down: a list may also lie in a part that scrolls by itself.
    addEventListener('scroll', look, { passive: true, capture: true });
    addEventListener('resize', look);
    return () => {
      removeEventListener('scroll', look, { capture: true });
      removeEventListener('resize', look);
    };
  }, [list, height]);
  if (count <= short) return { first: 0, last: count };
  const first = Math.min(Math.max(0, visible.first), count - least);
  return { first, last: Math.max(first + least, Math.min(count, visible.last)) };
}
