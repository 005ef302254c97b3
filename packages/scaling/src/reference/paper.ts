/**
 * What the paper reports, as data: Frey, Samsi, McDonald, Li, Coley and Gadepally, Scalable Geometric Deep Learning on
 * Molecular Graphs (2021). It prints Table 1 and, in its text, the times at the ends of each curve; the ten times
 * between them are in a figure alone. Where its text disagrees with itself both readings stand here.
 */

/** A time as the text gives it, and the number read from it. */
export interface ReportedTime {
  readonly devices: number;
  readonly seconds: number;
  /** The paper's words. */
  readonly words: string;
}

/** One way to read a model's two times. */
export interface Reading {
  readonly name: string;
  readonly first: ReportedTime;
  readonly last: ReportedTime;
  /** What was assumed, in a sentence. */
  readonly assumption: string;
}

export interface PaperModel {
  /** As our registry names it. */
  readonly name: 'dimenet' | 'nnconv' | 'schnet' | 'pna';
  readonly title: string;
  /** Table 1. */
  readonly parameters: number;
  readonly beta: number;
  readonly r2: number;
  readonly epochs: number;
  /** Device counts it was run on. */
  readonly counts: readonly number[];
  /** Training samples per epoch: of the PyTorch Geometric example's split, which the paper says it followed. */
  readonly samples: number;
  readonly samplesNote: string;
  /** The preferred reading first. */
  readonly readings: readonly [Reading, ...Reading[]];
}

export interface Claim {
  readonly where: string;
  readonly words: string;
  readonly speedup: number;
}

const counts = [2, 4, 8, 16, 32, 64, 128, 256, 364, 416];

export const paper = {
  citation:
    'Frey, Samsi, McDonald, Li, Coley, Gadepally: Scalable Geometric Deep Learning on Molecular Graphs (2021)',
  device: 'NVIDIA V100',
  batchPerDevice: 128,
  counts,
  /** Table 1's order. */
  models: [
    {
      name: 'dimenet',
      title: 'DimeNet',
      parameters: 2.1e6,
      beta: 0.78,
      r2: 0.99,
      epochs: 200,
      counts,
      samples: 110_000,
      samplesNote: 'the 110,000 training molecules of the DimeNet split of QM9',
      readings: [
        {
          name: 'body, t(416) = 4.0 s',
          first: { devices: 2, seconds: 200, words: 'over 200 s / epoch on two GPUs' },
          last: { devices: 416, seconds: 4.0, words: 'less than 4 s / epoch on 416 GPUs' },
          assumption: '"Over 200 s" is read as 200 s and "less than 4 s" as 4.0 s: the body’s 50x.',
        },
        {
          name: 'abstract, t(416) = 3.0 s',
          first: { devices: 2, seconds: 200, words: 'over 200 s / epoch on two GPUs' },
          last: { devices: 416, seconds: 3.0, words: 'less than 4 s / epoch on 416 GPUs' },
          assumption:
            '"Less than 4 s" is read as 3.0 s, a speedup of 67x; the abstract’s 60x lies between the two readings, at 3.3 s.',
        },
      ],
    },
    {
      name: 'nnconv',
      title: 'NNConv',
      parameters: 6.2e5,
      beta: 0.59,
      r2: 0.96,
      epochs: 1000,
      counts,
      samples: 110_831,
      samplesNote: 'the 110,831 training molecules of the NNConv example on QM9',
      readings: [
        {
          name: 'text',
          first: { devices: 2, seconds: 27, words: '27 s / epoch (2 GPUs)' },
          last: { devices: 416, seconds: 1.08, words: '1.08 s / epoch (416 GPUs)' },
          assumption: 'Both times are taken as printed.',
        },
      ],
    },
    {
      name: 'schnet',
      title: 'SchNet',
      parameters: 4.6e5,
      beta: 0.42,
      r2: 0.9,
      epochs: 1000,
      counts,
      samples: 110_000,
      samplesNote: 'the 110,000 training molecules of the DimeNet split of QM9',
      readings: [
        {
          name: 'text',
          first: { devices: 2, seconds: 9.9, words: '9.9 s / epoch (2 GPUs)' },
          last: { devices: 416, seconds: 0.91, words: '0.91 s / epoch (416 GPUs)' },
          assumption: 'Both times are taken as printed.',
        },
      ],
    },
    {
      name: 'pna',
      title: 'PNA',
      parameters: 6.8e5,
      beta: 0.21,
      r2: 0.79,
      epochs: 1000,
      counts: counts.filter((n) => n !== 416),
      samples: 10_000,
      samplesNote:
        'the paper says 250,000 compounds of ZINC, but 2.8 s per epoch on two GPUs is 39 steps of 72 ms for the example’s 10,000 training molecules of ZINC-12k and 859 steps of 3.3 ms for 220,000, too fast for this model: very probably ZINC-12k',
      readings: [
        {
          name: 'text',
          first: { devices: 2, seconds: 2.8, words: '2.8 s / epoch on 2 GPUs' },
          last: {
            devices: 128,
            seconds: 0.76,
            words: 'a minimum training time of 0.76 s / epoch on 128 GPUs',
          },
          assumption:
            'Both times are taken as printed. The rise beyond 128 GPUs that the text mentions has no number, and is not in the reconstruction.',
        },
      ],
    },
  ],
  /** The largest speedup, which the paper gives twice. */
  claims: [
    { where: 'abstract', words: 'training time speedups up to 60x', speedup: 60 },
    { where: 'section 3', words: 'a 50x performance improvement for DimeNet', speedup: 50 },
  ],
} as const satisfies {
  citation: string;
  device: string;
  batchPerDevice: number;
  counts: readonly number[];
  models: readonly PaperModel[];
  claims: readonly Claim[];
};
