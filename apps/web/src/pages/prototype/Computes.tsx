import { Fact, Facts } from '../../parts/Facts.tsx';
import type { Ready } from '../../prototype/messages.ts';
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
  return (
    <section className={styles.computes} aria-label="What computes">
      <Facts>
        <Fact label="Computes on" value={backendTitles[ready.backend] ?? ready.backend} />
        <Fact
          label="Molecules a second"
          value={pace?.moleculesPerSecond === undefined ? '–' : significant(pace.moleculesPerSecond)}
        />
        <Fact
          label="A step"
          value={pace?.secondsPerStep === undefined ? '–' : seconds(pace.secondsPerStep)}
        />
        <Fact label="Launches a step" value={pace?.launches ? integer(pace.launches) : '–'} />
        <Fact label="Tensor memory" value={pace ? bytes(pace.memory) : '–'} />
        <Fact label="Parameters" value={integer(ready.parameters)} />
      </Facts>
      <p className={styles.fallback}>{wordsOf(ready)}</p>
    </section>
  );
}

const software = /swiftshader|llvmpipe|lavapipe|softpipe|software|basic render/i;

/** On which device, what fits it, and why nothing better computes. */
function wordsOf({ backend, device, fallbacks, batch, largest }: Ready): string {
  const place = device.replace(/^WebAssembly, /, '').replace(/^./, (first) => first.toUpperCase());
  const fits = largest && `, and about ${integer(largest.batch)} fit`;
  const slow =
    backend === 'webgpu' &&
    software.test(device) &&
    'This adapter is a program, not a graphics card: WebAssembly is likely faster, choose it as the backend.';
  return [
    `${place}. A step takes a batch of ${integer(batch)}${fits ?? ''}.`,
    slow,
    ...fallbacks.map(({ name, reason }) => `${backendTitles[name] ?? name} is not used: ${reason}.`),
  ]
    .filter(Boolean)
    .join(' ');
}
