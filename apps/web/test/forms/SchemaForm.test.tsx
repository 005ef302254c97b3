import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { expect, test } from 'vitest';
import { SchemaForm } from '../../src/forms/SchemaForm.tsx';
import { catalogue } from '../samples.ts';

const [model] = catalogue.models;
const [preset] = model!.presets;
let held: Record<string, unknown> = {};

function Form({ errors = {} }: { errors?: Record<string, string> }) {
  const [values, setValues] = useState<Record<string, unknown>>({});
  held = values;
  return (
    <SchemaForm
      schema={model!.optionsSchema}
      path="models.0.options"
      defaults={preset!.options}
      values={values}
      errors={errors}
      change={setValues}
    />
  );
}

test('fields start from the preset, and only what differs from it is kept', async () => {
  render(<Form />);
  const cutoff = screen.getByRole('textbox', { name: 'Cutoff' });
  expect((cutoff as HTMLInputElement).value).toBe('5');
  await userEvent.clear(cutoff);
  await userEvent.type(cutoff, '7.5');
  expect(held).toEqual({ cutoff: 7.5 });
  await userEvent.clear(cutoff);
  await userEvent.type(cutoff, '5');
  expect(held).toEqual({});
});

test('choices and switches keep values of their own type', async () => {
  render(<Form />);
  await userEvent.selectOptions(screen.getByRole('combobox', { name: 'Readout' }), 'mean');
  await userEvent.click(screen.getByRole('checkbox', { name: 'Exact' }));
  expect(held).toEqual({ readout: 'mean', exact: false });
});

test('an error stands at its field, tied to it for screen readers', () => {
  render(<Form errors={{ 'models.0.options.cutoff': 'must be more than 0' }} />);
  const cutoff = screen.getByRole('textbox', { name: 'Cutoff' });
  expect(cutoff.getAttribute('aria-invalid')).toBe('true');
  const described = cutoff
    .getAttribute('aria-describedby')!
    .split(' ')
    .map((id) => document.getElementById(id));
  expect(described.map((one) => one?.textContent)).toEqual([
    'How far an atom sees.',
    'Cutoff must be more than 0.',
  ]);
});

test('arrow keys step a number', async () => {
  render(<Form />);
  await userEvent.click(screen.getByRole('textbox', { name: 'Hidden channels' }));
  await userEvent.keyboard('{ArrowUp}');
  expect(held).toEqual({ hiddenChannels: 128 });
});
