import { readFileSync } from 'node:fs';

interface Solved {
  readonly theta: number[];
  readonly errors: number[];
  readonly rss: number;
}

/** Numbers of an independent implementation (SciPy), made by fixtures/reference.py. */
export const scipy = JSON.parse(readFileSync(new URL('fixtures/scipy.json', import.meta.url), 'utf8')) as {
  readonly student: [level: number, dof: number, factor: number][];
  readonly pValues: [t: number, dof: number, p: number][];
  readonly curve: { devices: number[]; seconds: number[] };
  readonly context: { samples: number; batchPerDevice: number };
  readonly power: {
    alpha: number;
    beta: number;
    r2: number;
    standardError: number;
    betaInterval: [number, number];
    alphaInterval: [number, number];
    bandAt64: [number, number];
    aicc: number;
  };
  readonly laws: Record<string, Solved>;
  readonly curvature: { bend: number; pValue: number };
  readonly nnls: { rows: number[][]; y: number[]; coefficients: number[]; rss: number }[];
};
