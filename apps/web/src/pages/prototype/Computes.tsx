import { Fact, Facts } from '../../parts/Facts.tsx';
import { bytes, integer, seconds, significant } from '../../words/format.ts';
import styles from './Prototype.module.css';
import type { Prototyping } from './usePrototype.ts';

const backendTitles: Readonly<Record<string, string>> = {
  webgpu: 'WebGPU',
  wasm: 'WebAssembly',
  cpu: 'JavaScript',
};

/** What computes, and how fast. */
export function Computes({ view }: Pick<Prototyping, 'view'>) {
  const { ready, pace } = view;
  if (!ready) return null;
  const { backend, device, fallbacks } = ready;
  return (
    <section className={styles.computes} aria-label="What computes">
      <Facts>
        <Fact
          label="Computes on"
          value={backendTitles[backend] ?? backend}
          note={device.replace(/^WebAssembly, /, '')}
        />
        <Fact
          label="Molecules a second"
          value={pace?.moleculesPerSecond === undefined ? '–' : significant(pace.moleculesPerSecond)}
        />
        <Fact
          label="A step"
          value={pace?.secondsPerStep === undefined ? '–' : seconds(pace.secondsPerStep)}
          note={
            ready.largest
              ? `batch of ${integer(ready.batch)}, up to about ${integer(ready.largest.batch)} fit`
              : `batch of ${integer(ready.batch)}`
          }
        />
        <Fact label="Launches a step" value={pace?.launches ? integer(pace.launches) : '–'} />
        <Fact label="Tensor memory" value={pace ? bytes(pace.memory) : '–'} />
        <Fact label="Parameters" value={integer(ready.parameters)} />
      </Facts>
      {fallbacks.length > 0 && (
        <p className={styles.fallback}>
          {fallbacks
            .map(({ name, reason }) => `${backendTitles[name] ?? name} is not used: ${reason}.`)
            .join(' ')}
        </p>
      )}
    </section>
  );
}
