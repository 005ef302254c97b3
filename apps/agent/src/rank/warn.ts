import type { Backend } from '@litmatter/models/node';
import type { RunEventBody } from '@litmatter/protocol';

/** A report that tells, once the run has started, what a person should know of the backend that was chosen. */
export function withWarning(
  { warning }: Backend,
  report: (body: RunEventBody) => void,
): (body: RunEventBody) => void {
  return (body) => {
    report(body);
    if (warning !== undefined && body.type === 'started') {
      report({ type: 'log', level: 'warning', message: warning });
    }
  };
}
