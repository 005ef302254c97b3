import type { ExperimentSpec } from '@litmatter/protocol';
import { type Advice, type Analysis, advise, type Recommendation } from '@litmatter/scaling';
import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useDeferredValue, useMemo } from 'react';
import { Field } from '../../forms/Field.tsx';
import { TextControl } from '../../forms/TextControl.tsx';
import { counted, integer, significant } from '../../words/format.ts';
import { searchOfSpec } from '../design/from-spec.ts';
import styles from './Advice.module.css';
import { adviceFields, defaultFloor, goalTitles, questionOf } from './advice-question.ts';
import { SeriesPanel } from './SeriesPanel.tsx';
import type { ExperimentSearch } from './search.ts';

interface AdvicePanelProps {
  readonly analyses: readonly Analysis[];
  /** What the series are called; what tells them apart where absent. */
  readonly names?: readonly string[];
  /** Epochs of the training as it was designed, by series. */
  readonly epochs: (series: string) => number;
  readonly search: ExperimentSearch;
  readonly change: (part: Partial<ExperimentSearch>) => void;
  /** What a further count would be measured with; absent where nothing can be run again. */
  readonly spec?: ExperimentSpec;
  /** Epochs still arrive: the answers change with each, and are not read out every time. */
  readonly going?: boolean;
}

/** How many devices to take: a wish in, a count with its interval and price out, and what to measure to be surer. */
export function AdvicePanel(props: AdvicePanelProps) {
  const { analyses, names, epochs, search, change, spec, going = false } = props;
  return (
    <SeriesPanel title="Advice" label="Series the advice is for" analyses={analyses} names={names}>
      {(shown) => (
        <Asked
          shown={shown}
          own={shown ? epochs(shown.series) : 1}
          search={search}
          change={change}
          spec={spec}
          going={going}
        />
      )}
    </SeriesPanel>
  );
}

interface AskedProps extends Pick<AdvicePanelProps, 'search' | 'change'> {
  readonly shown: Analysis | undefined;
  /** Epochs of the training as it was designed. */
  readonly own: number;
  readonly spec: ExperimentSpec | undefined;
  readonly going: boolean;
}

/** The wish, and what answers it. */
function Asked({ shown, own, search, change, spec, going }: AskedProps) {
  const asked = useDeferredValue(search);
  const { question, errors } = useMemo(() => questionOf(asked, own), [asked, own]);
  const advice = useMemo(() => shown && advise(shown, question), [shown, question]);
  return (
    <div className={styles.advice}>
      <div className={styles.fields}>
        {adviceFields.map(({ name, label, unit, help, integer: whole }) => {
          const fallback = name === 'floor' ? defaultFloor : '';
          return (
            <Field
              key={name}
              path={`advice.${name}`}
              label={label}
              unit={unit}
              help={help}
              error={errors[name]}
            >
              {(control) => (
                <TextControl
                  control={control}
                  value={search[name] ?? fallback}
                  placeholder={name === 'train' ? integer(own) : 'Any'}
                  step={whole ? 1 : 'x'}
                  integer={whole ?? false}
                  change={(text) => change({ [name]: text === '' || text === fallback ? undefined : text })}
                />
              )}
            </Field>
          );
        })}
      </div>
      {advice ? (
        <Answers advice={advice} spec={spec} going={going} />
      ) : (
        <p className={styles.none}>
          {shown
            ? `Advice needs three device counts; ${counted(shown.curve.length, 'count is', 'counts are')} measured.`
            : 'Advice comes with the third device count measured.'}
        </p>
      )}
    </div>
  );
}

interface AnswersProps extends Pick<AskedProps, 'spec' | 'going'> {
  readonly advice: Advice;
}

function Answers({ advice, spec, going }: AnswersProps) {
  if (advice.recommendations.length === 0)
    return <p className={styles.none}>Ask for a time, a budget, an efficiency or a weighting.</p>;
  return (
    <div className={styles.answers} aria-live={going ? 'off' : 'polite'}>
      {advice.recommendations.map((one) => (
        <Answer key={one.goal} answer={one} spec={spec} />
      ))}
      <p className={styles.basis}>From {advice.basis}.</p>
    </div>
  );
}

function Answer({
  answer: { goal, devices, interval, sentence, next, beyond },
  spec,
}: {
  readonly answer: Recommendation;
  readonly spec: ExperimentSpec | undefined;
}) {
  return (
    <section className={styles.answer} data-far={beyond > 2 || undefined}>
      <h3>{goalTitles[goal]}</h3>
      <p className={styles.count}>
        {devices === null ? 'Out of reach' : counted(devices, 'device')}
        {devices !== null && interval.low !== interval.high && (
          <span>
            {significant(interval.low, 4)} to{' '}
            {Number.isFinite(interval.high) ? significant(interval.high, 4) : 'out of reach'}, 90 %
          </span>
        )}
      </p>
      <p>{sentence}</p>
      {next && <p>{next.sentence}</p>}
      {next && spec && (
        <Button
          className={styles.measure}
          variant="default"
          component={Link}
          to="/design"
          search={searchOfSpec(withCount(spec, next.devices), `${spec.name}, with ${next.devices}`) as never}
        >
          Design with {counted(next.devices, 'device')} added
        </Button>
      )}
    </section>
  );
}

function withCount(spec: ExperimentSpec, count: number): ExperimentSpec {
  return { ...spec, devices: [...new Set([...spec.devices, count])].sort((a, b) => a - b) };
}
