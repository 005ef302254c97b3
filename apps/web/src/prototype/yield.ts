/**
 * Let messages through, and wait: at least one turn of the event loop (a timer would cost 4 ms), at most `milliseconds`,
 * less where `wake` is called.
 */
export function breathe(milliseconds: number, onWake: (wake: () => void) => void): Promise<void> {
  return new Promise((resolve) => {
    if (milliseconds > 4) {
      const timer = setTimeout(resolve, milliseconds);
      onWake(() => {
        clearTimeout(timer);
        resolve();
      });
      return;
    }
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
