import { halfOf, powerFit } from '../../charts/scaling-series.ts';
import { counted, listed } from '../../words/format.ts';
import styles from './Experiment.module.css';
import type { NamedAnalysis } from './named.ts';
import { Exponent, OneReading } from './OneReading.tsx';

/** The scaling exponent of each series in words, beside the chart; until there is one, what is still needed. */
export function Reading({ named }: { readonly named: readonly NamedAnalysis[] }) {
  if (named.length === 0) return null;
  const [first] = named;
  // A grid of many settings on one or two counts: the same sentence of each would say nothing.
  if (first && named.length > 2 && named.every(({ analysis }) => !powerFit(analysis)))
    return (
      <div className={styles.readings}>
        <section className={styles.reading}>
          <p>
            {counted(named.length, 'series', 'series')}, each on fewer than three device counts. From three
            on, a power law is fitted: its exponent says how far more devices help.
          </p>
        </section>
      </div>
    );
  return (
    <div className={styles.readings}>
      {named.map((one) => (
        <SeriesReading key={one.key} one={one} title={named.length > 1 ? one.label : undefined} />
      ))}
    </div>
  );
}

interface SeriesReadingProps {
  readonly one: NamedAnalysis;
  readonly title: string | undefined;
}

function SeriesReading({ one, title }: SeriesReadingProps) {
  const { analysis } = one;
  const fit = powerFit(analysis);
  const beta = fit?.estimates.find((estimate) => estimate.symbol === 'beta');
  const over = [...new Set(analysis.rows.filter((row) => row.oversubscribed).map((row) => row.devices))];
  const counts = analysis.curve.length;
  return (
    <OneReading title={title} style={one.style}>
      {fit && beta ? (
        <>
          <Exponent symbol="β" estimate={beta} />
          <p>
            {beta.interval && beta.interval.low < 0 && beta.interval.high > 0
              ? 'These counts cannot tell yet whether more devices help.'
              : doubling(beta.value)}{' '}
            {fit.r2 === null ? '' : `R² is ${fit.r2.toFixed(3)}, of the logarithms, `}
            over {counted(counts, 'device count')}.
          </p>
        </>
      ) : (
        <p>
          {counted(counts, 'device count')} measured. From three on, a power law is fitted: its exponent says
          how far more devices help.
        </p>
      )}
      {one.reported && <p>{one.reported}</p>}
      {!one.origin && halfOf(analysis) !== undefined && <p>{analysis.inflection?.sentences[0]}</p>}
      {over.length > 0 && (
        <p className={styles.caution}>
          {listed(over)} {over.length === 1 && over[0] === 1 ? 'device is' : 'devices are'} more than there
          are cores: these times show sharing, not scaling{fit ? ', and the fit holds them too' : ''}.
        </p>
      )}
    </OneReading>
  );
}

function doubling(beta: number): string {
  const change = 1 - 2 ** -beta;
  const share = `${Math.abs(100 * change).toFixed(0)} %`;
  return change >= 0
    ? `Doubling the devices takes ${share} off an epoch (50 % would be ideal).`
    : `Doubling the devices makes an epoch ${share} longer.`;
}
