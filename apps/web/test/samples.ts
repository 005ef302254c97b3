import {
  type Catalogue,
  type EpochEvent,
  type ExperimentSnapshot,
  type ExperimentSummary,
  expandRuns,
  experimentSpec,
  type Plan,
  type RunView,
} from '@litmatter/protocol';

/** Whole, valid messages of the hub, small enough to read; every test changes what it is about. */

export const catalogue: Catalogue = {
  version: '0.1.0',
  models: [
    {
      name: 'schnet',
      title: 'SchNet',
      description: 'Continuous-filter convolutions.',
      reference: 'Schütt 2017',
      optionsSchema: {
        type: 'object',
        properties: {
          hiddenChannels: { type: 'integer', exclusiveMinimum: 0, maximum: 4096, default: 128 },
          cutoff: { type: 'number', exclusiveMinimum: 0, default: 10, description: 'How far an atom sees.' },
          readout: { type: 'string', enum: ['add', 'mean'], default: 'add' },
          std: { anyOf: [{ type: 'number', exclusiveMinimum: 0 }, { type: 'null' }], default: null },
          atomref: { anyOf: [{ type: 'array', items: { type: 'number' } }, { type: 'null' }], default: null },
          exact: { type: 'boolean', default: true },
        },
      },
      presets: [
        {
          name: 'small',
          description: 'For a laptop.',
          options: { hiddenChannels: 64, cutoff: 5, readout: 'add', std: null, atomref: null, exact: true },
          parameters: 63_233,
          training: { batchPerDevice: 32 },
        },
        {
          name: 'paper',
          description: 'As in the paper.',
          options: { hiddenChannels: 128, cutoff: 10, readout: 'add', std: null, atomref: null, exact: true },
          parameters: 455_809,
          training: { batchPerDevice: 128 },
        },
      ],
    },
  ],
  datasets: [
    {
      name: 'bundled',
      title: 'Small molecules',
      description: 'Ships with LitMatter.',
      licence: 'CC0-1.0',
      source: 'LitMatter',
      molecules: 4_054,
      bytes: 398_860,
      available: true,
      mend: null,
      targets: [
        { name: 'dipole', title: 'Dipole moment', unit: 'D', description: '' },
        { name: 'gap', title: 'Gap', unit: 'eV', description: '' },
      ],
      defaultTarget: 'dipole',
    },
    {
      name: 'qm9',
      title: 'QM9',
      description: '',
      licence: 'CC0-1.0',
      source: '',
      molecules: null,
      bytes: null,
      available: false,
      mend: 'Get gdb9.sdf.',
      targets: [{ name: 'mu', title: 'Dipole moment', unit: 'D', description: '' }],
      defaultTarget: 'mu',
    },
  ],
  backends: [{ name: 'wasm', available: true, detail: 'one core', mend: null }],
  launchers: [
    { name: 'local', available: true, detail: "This machine's 2 cores.", mend: null, devices: 2 },
    { name: 'slurm', available: false, detail: 'No sbatch here.', mend: 'Install Slurm.', devices: null },
  ],
  host: { name: 'host', cores: 2, memoryBytes: 8e9, platform: 'linux x64' },
};

export const spec = experimentSpec.parse({
  name: 'SchNet on molecules',
  models: [{ name: 'schnet' }],
  dataset: { name: 'bundled', target: 'dipole' },
  training: { epochs: 4 },
  devices: [1, 2, 4],
});

export function summary(part: Partial<ExperimentSummary> = {}): ExperimentSummary {
  return {
    id: 'schnet-1',
    name: 'SchNet on molecules',
    state: 'running',
    archived: false,
    createdAt: 1_700_000_000_000,
    endedAt: null,
    models: ['schnet'],
    dataset: 'bundled',
    devices: [1, 2, 4],
    runs: 3,
    runsEnded: 0,
    runsFailed: 0,
    epochs: 12,
    epochsDone: 0,
    bestValidationMae: null,
    targetUnit: 'D',
    ...part,
  };
}

export function runViews(part: (index: number) => Partial<RunView> = () => ({})): RunView[] {
  return expandRuns(spec).map((run, index) => ({
    id: `schnet-1.${index}`,
    experiment: 'schnet-1',
    index,
    spec: run,
    state: 'running',
    reason: null,
    attempt: 1,
    started: null,
    testMae: null,
    createdAt: 1_700_000_000_000,
    startedAt: 1_700_000_001_000,
    endedAt: null,
    lastHeardAt: 1_700_000_002_000,
    ...part(index),
  }));
}

export function epoch(run: number, number: number, part: Partial<EpochEvent> = {}): EpochEvent {
  const devices = spec.devices[run]!;
  return {
    type: 'epoch',
    run: `schnet-1.${run}`,
    attempt: 1,
    seq: number,
    at: 1_700_000_000_000 + number,
    devices,
    epoch: number,
    seconds: number === 1 ? 20 / devices : 8 / devices + 0.4,
    validationSeconds: 0.1,
    steps: Math.ceil(50 / devices),
    samples: 1_600,
    padded: 0,
    trainLoss: 1 / number,
    validationMae: 0.5 / number,
    learningRate: 1e-3,
    imbalance: 1.05,
    ranks: [
      { rank: 0, seconds: 2, data: 0.2, compute: 1, communication: 0.4, optimiser: 0.2, samples: 800 },
      { rank: 1, seconds: 2, data: 0.2, compute: 1.2, communication: 0.2, optimiser: 0.2, samples: 800 },
    ],
    ...part,
  };
}

/** Three runs with three epochs each. */
export function snapshot(part: Partial<ExperimentSnapshot> = {}): ExperimentSnapshot {
  return {
    experiment: summary({ epochsDone: 9 }),
    spec,
    runs: runViews(),
    epochs: [0, 1, 2].flatMap((run) => [1, 2, 3].map((number) => epoch(run, number))),
    cursor: 100,
    ...part,
  };
}

export const plan: Plan = {
  runs: 3,
  perModelAndCount: [1, 2, 4].map((devices) => ({
    model: 'schnet',
    series: 'schnet small',
    devices,
    trainSamples: 3_243,
    stepsPerEpoch: Math.ceil(3_243 / (32 * devices)),
    globalBatch: 32 * devices,
    padding: 0,
    oversubscribed: devices > 2,
    warnings: devices > 2 ? ['4 ranks share 2 devices: times will show sharing, not scaling.'] : [],
    forecast: null,
  })),
  deviceHours: null,
  wallSeconds: null,
  basis: null,
  warnings: [],
};
