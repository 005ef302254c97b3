import { expect, test } from 'vitest';
import { questionOf } from '../../../src/pages/experiment/advice-question.ts';

test('hours, device-hours and per cent become the seconds and shares of the question', () => {
  const { question, errors } = questionOf(
    { deadline: '2', budget: '10', floor: '80', worth: '4', most: '64' },
    5,
  );
  expect(errors).toEqual({});
  expect(question).toEqual({
    epochs: 5,
    deadlineSeconds: 7_200,
    budgetDeviceSeconds: 36_000,
    efficiencyFloor: 0.8,
    worth: { second: 4, deviceSecond: 1 },
    most: 64,
  });
});

test('where nothing is asked, half of every further device must be put to use', () => {
  expect(questionOf({}, 5).question).toEqual({ epochs: 5, efficiencyFloor: 0.5 });
});

test('what is no number, not positive, too much or not whole is marked and takes no part', () => {
  const { question, errors } = questionOf({ deadline: 'soon', floor: '120', budget: '0', most: '2.5' }, 5);
  expect(errors).toEqual({
    deadline: 'is not a number',
    floor: 'must be more than 0 and at most 100',
    budget: 'must be more than 0 and at most 1000000000',
    most: 'must be a whole number',
  });
  expect(question).toEqual({ epochs: 5 });
});
