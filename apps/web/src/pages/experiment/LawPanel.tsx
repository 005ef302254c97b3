import type { Analysis, Interval, RankedFit } from '@litmatter/scaling';
import { useState } from 'react';
import { Panel } from '../../parts/Panel.tsx';
import { Scrolled } from '../../parts/Scrolled.tsx';
import { counted, percent, significant } from '../../words/format.ts';
import styles from './Experiment.module.css';

/** The laws that were fitted: parameters with their intervals, how well they hold, what they say. */
export function LawPanel({ analyses }: { readonly analyses: readonly Analysis[] }) {
  const [series, setSeries] = useState<string>();
  const shown = analyses.find((one) => one.series === series) ?? analyses[0];
  return (
    <Panel
      title="Law"
      tools={
        analyses.length > 1 &&
        shown && (
          <select
            className={styles.addCompared}
            aria-label="Series"
            value={shown.series}
            onChange={(event) => setSeries(event.currentTarget.value)}
          >
            {analyses.map((one) => (
              <option key={one.series}>{one.series}</option>
            ))}
          </select>
        )
      }
    >
      {!shown || shown.laws.length === 0 ? (
        <p className={styles.waiting}>
          {shown
            ? `${shown.curve.length === 1 ? 'One device count is' : `${shown.curve.length} device counts are`} measured; a law needs three.`
            : 'A law is fitted from three measured device counts on.'}
        </p>
      ) : (
        <div className={styles.laws}>
          {shown.mechanism.length > 0 && (
            <ul className={styles.says}>
              {shown.mechanism.map((cause) => (
                <li key={cause.says}>
                  {cause.says} <span>{cause.action}</span>
                </li>
              ))}
            </ul>
          )}
          <Laws fits={shown.laws} />
          {shown.warnings.length > 0 && (
            <ul className={styles.cautions} aria-label="Before you believe these numbers">
              {shown.warnings.map((warning) => (
                <li key={warning.kind}>{warning.message}</li>
              ))}
            </ul>
          )}
        </div>
      )}
    </Panel>
  );
}

/** A law below this weight is folded away, unless it is the power law: its exponent is what the paper reports. */
const littleWeight = 0.05;

function Laws({ fits }: { readonly fits: readonly RankedFit[] }) {
  const weighed = fits.some((one) => one.weight !== null);
  const ordered = weighed ? [...fits].sort((a, b) => (b.weight ?? -1) - (a.weight ?? -1)) : fits;
  const told = ({ fit, weight }: RankedFit) =>
    fit.law.name === 'power' || !weighed || (weight ?? 0) >= littleWeight;
  const rest = ordered.filter((one) => !told(one));
  return (
    <div>
      <LawTable label="Fitted laws" fits={ordered.filter(told)} />
      {rest.length > 0 && (
        <details className={styles.moreLaws}>
          <summary>{counted(rest.length, 'other law')} with little weight, or for a cross-check</summary>
          <LawTable label="Other laws" fits={rest} />
        </details>
      )}
      {!weighed && (
        <p className={styles.quiet}>Fewer than five device counts: laws are shown, none is preferred.</p>
      )}
    </div>
  );
}

function LawTable({ label, fits }: { readonly label: string; readonly fits: readonly RankedFit[] }) {
  return (
    <Scrolled label={label} className={styles.lawFrame}>
      <table className={styles.lawTable}>
        <thead>
          <tr>
            <th scope="col">Law</th>
            <th scope="col">Parameters, 95 % interval</th>
            <th scope="col" title="Of the logarithms">
              R²
            </th>
            <th scope="col" title="Akaike weight: how much the data prefer it among these laws">
              Weight
            </th>
          </tr>
        </thead>
        <tbody>
          {fits.map(({ fit, weight }) => (
            <tr key={fit.law.name}>
              <th scope="row">
                <span className={styles.lawName}>{fit.law.title}</span>
                <span className={styles.lawFormula}>{formula(fit.law.formula)}</span>
              </th>
              <td>
                {fit.estimates.map((estimate) => (
                  <span key={estimate.symbol} className={styles.estimate} title={estimate.meaning}>
                    {formula(estimate.symbol)} = {significant(estimate.value)}
                    {estimate.unit && ` ${estimate.unit}`}
                    {estimate.interval && <span>{interval(estimate.interval)}</span>}
                  </span>
                ))}
              </td>
              <td>{fit.r2 === null ? '–' : fit.r2.toFixed(3)}</td>
              <td>{weight === null ? '–' : percent(weight)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scrolled>
  );
}

const greek: Readonly<Record<string, string>> = { alpha: 'α', beta: 'β', sigma: 'σ', kappa: 'κ', gamma: 'γ' };

/** "alpha n^-beta" as it is written by hand. */
function formula(text: string): string {
  return text.replace(/[a-z]+/g, (word) => greek[word] ?? word);
}

function interval({ low, high }: Interval): string {
  return `${significant(low)} to ${significant(high)}`;
}
