import type { Goal, Question } from '@litmatter/scaling';
import type { Advised, ExperimentSearch } from './search.ts';

/** One field of the advice: what it asks for, in which unit, what is allowed. */
export interface AdviceField {
  readonly name: Advised;
  readonly label: string;
  readonly unit?: string;
  readonly help: string;
  readonly most?: number;
  readonly integer?: boolean;
}

export const adviceFields: readonly AdviceField[] = [
  {
    name: 'deadline',
    label: 'Done within',
    unit: 'h',
    help: 'The fewest devices that finish the training in this time.',
  },
  {
    name: 'budget',
    label: 'Budget',
    unit: 'device-h',
    help: 'The most devices that spend no more than this on the training.',
  },
  {
    name: 'floor',
    label: 'Efficiency at least',
    unit: '%',
    help: 'The most devices that keep this parallel efficiency against the fewest measured.',
    most: 100,
  },
  {
    name: 'worth',
    label: 'An hour is worth',
    unit: 'device-h',
    help: 'How many device-hours an hour of waiting is worth to you: the count at which both together cost least.',
  },
  { name: 'train', label: 'Epochs to train', help: 'The training the advice is for.', integer: true },
  {
    name: 'most',
    label: 'Devices at most',
    help: 'How many there are to be had. Empty: four times the largest measured count.',
    integer: true,
    most: 65_536,
  },
];

/** The efficiency asked for where nobody has asked for anything: half of every further device is then put to use. */
export const defaultFloor = '50';

export interface AskedAdvice {
  readonly question: Question;
  /** Field -> what is wrong with it, to follow its label. */
  readonly errors: Readonly<Partial<Record<Advised, string>>>;
}

/**
 * The question the address asks. A field in error takes no part.
 * @param epochs - of the experiment's own training
 */
export function questionOf(search: ExperimentSearch, epochs: number): AskedAdvice {
  const errors: Partial<Record<Advised, string>> = {};
  const values: Partial<Record<Advised, number>> = {};
  for (const { name, most = 1e9, integer } of adviceFields) {
    const typed = (search[name] ?? (name === 'floor' ? defaultFloor : '')).trim();
    if (typed === '') continue;
    const value = Number(typed);
    if (!Number.isFinite(value)) errors[name] = 'is not a number';
    else if (value <= 0 || value > most) errors[name] = `must be more than 0 and at most ${most}`;
    else if (integer && !Number.isInteger(value)) errors[name] = 'must be a whole number';
    else values[name] = value;
  }
  const { train = epochs, deadline, budget, floor, worth, most } = values;
  return {
    errors,
    question: {
      epochs: train,
      ...(deadline !== undefined && { deadlineSeconds: deadline * 3_600 }),
      ...(budget !== undefined && { budgetDeviceSeconds: budget * 3_600 }),
      ...(floor !== undefined && { efficiencyFloor: floor / 100 }),
      ...(worth !== undefined && { worth: { second: worth, deviceSecond: 1 } }),
      ...(most !== undefined && { most }),
    },
  };
}

export const goalTitles: Readonly<Record<Goal, string>> = {
  deadline: 'To be done in time',
  budget: 'Within the budget',
  efficiency: 'At this efficiency',
  optimum: 'Time against cost',
};
