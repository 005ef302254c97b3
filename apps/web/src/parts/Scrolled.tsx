import type { ReactNode } from 'react';

interface ScrolledProps {
  readonly label: string;
  readonly className: string | undefined;
  readonly children: ReactNode;
}

/** A part that scrolls sideways by itself, and so by the keyboard too. */
export function Scrolled({ label, className, children }: ScrolledProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must take the focus, or keys cannot scroll it
    <section className={className} aria-label={label} tabIndex={0}>
      {children}
    </section>
  );
}
