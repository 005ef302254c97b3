import type { Analysis, Interval, RankedFit } from '@litmatter/scaling';
import { Powers } from '../../parts/Powers.tsx';
import { None, Table } from '../../parts/Table.tsx';
import { counted, percent, significant } from '../../words/format.ts';
import styles from './Experiment.module.css';
import { SeriesPanel } from './SeriesPanel.tsx';

interface LawPanelProps {
  readonly analyses: readonly Analysis[];
  /** What the series are called; what tells them apart where absent. */
  readonly names?: readonly string[];
}

/** The laws that were fitted: parameters with their intervals, how well they hold, what they say. */
export function LawPanel({ analyses, names }: LawPanelProps) {
  return (
    <SeriesPanel title="Law" label="Series" analyses={analyses} names={names}>
      {(shown) => <SeriesLaw shown={shown} />}
    </SeriesPanel>
  );
}

function SeriesLaw({ shown }: { readonly shown: Analysis | undefined }) {
  if (!shown || shown.laws.length === 0)
    return (
      <p className={styles.waiting}>
        {shown
          ? `${shown.curve.length === 1 ? 'One device count is' : `${shown.curve.length} device counts are`} measured; a law needs three.`
          : 'A law is fitted from three measured device counts on.'}
      </p>
    );
  return (
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

const columns = [
  'Law',
  'Parameters, 95 % interval',
  { label: 'R²', end: true, title: 'Of the logarithms' },
  { label: 'Weight', end: true, title: 'Akaike weight: how much the data prefer it among these laws' },
];

function LawTable({ label, fits }: { readonly label: string; readonly fits: readonly RankedFit[] }) {
  return (
    <Table label={label} columns={columns} inset>
      <tbody>
        {fits.map(({ fit, weight }) => (
          <tr key={fit.law.name}>
            <th scope="row">
              <span className={styles.lawName}>{fit.law.title}</span>
              <span className={styles.lawFormula}>
                <Powers>{formula(fit.law.formula)}</Powers>
              </span>
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
            <td data-end>{fit.r2 === null ? <None /> : fit.r2.toFixed(3)}</td>
            <td data-end>{weight === null ? <None /> : percent(weight)}</td>
          </tr>
        ))}
      </tbody>
    </Table>
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
