import type { CurvePoint } from '../../src/curve.ts';
import { type Context, type Fit, isFit, type Law } from '../../src/laws/law.ts';
import { qm9 } from '../times.ts';

export const onQm9: Context = { protocol: 'fixed-per-device-batch', ...qm9 };
export const unknown: Context = { protocol: 'fixed-per-device-batch', samples: null, batchPerDevice: null };

/** The fit, or a failed test that says why there is none. */
export function fitted(law: Law, curve: readonly CurvePoint[], context: Context = onQm9): Fit {
  const result = law.fit(curve, context);
  if (!isFit(result)) throw new Error(`${law.name}: ${result.unfit}`);
  return result;
}

/** The sentence that says why there is no fit. */
export function unfitted(law: Law, curve: readonly CurvePoint[], context: Context = onQm9): string {
  const result = law.fit(curve, context);
  if (isFit(result)) throw new Error(`${law.name} was fitted`);
  return result.unfit;
}
