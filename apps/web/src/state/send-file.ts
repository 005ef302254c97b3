import { type Problem, problem } from '@litmatter/protocol';
import { Refused, Unreachable } from './api.ts';
import { signedOut } from './session.ts';

/**
 * Send a file to the hub as it is, read from the disk as it goes. `fetch` tells nothing of how far an upload has come.
 *
 * @param onSent - bytes that have left so far
 * @throws Refused where the hub refuses, Unreachable where the line breaks, the signal's reason where it aborts
 */
export function sendFile(
  address: string,
  file: Blob,
  onSent: (bytes: number) => void,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const stop = () => request.abort();
    request.open('PUT', address);
    request.setRequestHeader('content-type', 'application/octet-stream');
    request.upload.onprogress = ({ loaded }) => onSent(loaded);
    request.onload = () => {
      if (request.status === 401) signedOut.set(true);
      if (request.status >= 200 && request.status < 300) resolve();
      else reject(new Refused(request.status, problemIn(request.responseText)));
    };
    request.onerror = () => reject(new Unreachable('The hub stopped answering.'));
    request.onabort = () => reject(signal.reason);
    request.onloadend = () => signal.removeEventListener('abort', stop);
    signal.addEventListener('abort', stop);
    request.send(file);
  });
}

function problemIn(text: string): Problem {
  try {
    return problem.parse(JSON.parse(text));
  } catch {
    return { message: 'The hub refused the file and gave no reason.' };
  }
}
