import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { studentCentral, studentFactor, studentPValue } from '../../src/math/student.ts';
import { scipy } from '../scipy.ts';

describe('Student’s t for whole degrees of freedom', () => {
  test.each(scipy.student)(
    'the factor of a %f interval with %i degrees of freedom is SciPy’s',
    (level, dof, factor) => {
      expect(studentFactor(level, dof) / factor).toBeCloseTo(1, 10);
    },
  );

  test.each(scipy.pValues)(
    'the two-sided p-value of t = %f with %i degrees of freedom is SciPy’s',
    (t, dof, p) => {
      expect(studentPValue(t, dof)).toBeCloseTo(p, 12);
      expect(studentPValue(-t, dof)).toBe(studentPValue(t, dof));
    },
  );

  test('the factor inverts the distribution', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.01, max: 0.9999, noNaN: true }),
        fc.integer({ min: 1, max: 300 }),
        (level, dof) => {
          expect(studentCentral(studentFactor(level, dof), dof)).toBeCloseTo(level, 12);
        },
      ),
    );
  });

  test('degrees of freedom that are not whole, and levels outside 0 to 1, are refused', () => {
    expect(() => studentFactor(0.95, 0)).toThrow(/Degrees of freedom/);
    expect(() => studentFactor(0.95, 1.5)).toThrow(/Degrees of freedom/);
    expect(() => studentFactor(1, 3)).toThrow(/between 0 and 1/);
    expect(() => studentFactor(0, 3)).toThrow(/between 0 and 1/);
  });
});
