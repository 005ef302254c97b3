/**
 * Student's t distribution for whole degrees of freedom.
 *
 * Written here because the libraries that have it weigh more than this whole package in the browser (jstat 17 kB,
 * stdlib 47 kB gzipped, neither sheds what is not used), while for whole degrees of freedom, the only ones a fit
 * has, the distribution is a finite sum: Abramowitz and Stegun, Handbook of Mathematical Functions, 26.7.3-26.7.4.
 */

/** P(|T| <= t) for t >= 0 with `dof` degrees of freedom: A(t | nu). */
export function studentCentral(t: number, dof: number): number {
  checkDof(dof);
  if (t === Number.POSITIVE_INFINITY) return 1;
  const theta = Math.atan(t / Math.sqrt(dof));
  const cos2 = Math.cos(theta) ** 2;
  let term = dof % 2 === 1 ? Math.cos(theta) : 1;
  let sum = dof === 1 ? 0 : term;
  // odd: cos + 2/3 cos^3 + 2*4/(3*5) cos^5 ...; even: 1 + 1/2 cos^2 + 1*3/(2*4) cos^4 ...
  for (let k = dof % 2 === 1 ? 3 : 2; k <= dof - 2; k += 2) {
    term *= ((k - 1) / k) * cos2;
    sum += term;
  }
  return dof % 2 === 1 ? (2 / Math.PI) * (theta + Math.sin(theta) * sum) : Math.sin(theta) * sum;
}

/** Two-sided p-value: P(|T| > |t|). */
export function studentPValue(t: number, dof: number): number {
  return Math.max(0, 1 - studentCentral(Math.abs(t), dof));
}

/**
 * The t with P(|T| <= t) = level: 0.95 gives the 97.5 % quantile, the factor of a 95 % interval.
 * Bisection to the last bit: the sum is monotone, and fits ask for few quantiles (they are kept).
 */
export function studentFactor(level: number, dof: number): number {
  checkDof(dof);
  if (!(level > 0 && level < 1)) throw new RangeError(`A level lies between 0 and 1, not at ${level}.`);
  const key = `${level}/${dof}`;
  const known = factors.get(key);
  if (known !== undefined) return known;
  let low = 0;
  let high = 1;
  while (studentCentral(high, dof) < level) high *= 2;
  for (let step = 0; step < 200; step++) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) break;
    if (studentCentral(middle, dof) < level) low = middle;
    else high = middle;
  }
  factors.set(key, high);
  return high;
}

const factors = new Map<string, number>();

function checkDof(dof: number): void {
  if (!Number.isInteger(dof) || dof < 1)
    throw new RangeError(`Degrees of freedom are 1, 2, 3 ..., not ${dof}.`);
}
