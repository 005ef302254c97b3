/**
 * Every plain field of the Design page, once, under its key in the address: its place in the spec, and how it reads. The
 * form, the address, the spec and the marks of bad input are all made from this table.
 */
export interface FieldInfo {
  /** Place in the experiment spec: what a refusal names. */
  readonly path: string;
  readonly label: string;
  /** `sizes`: a whole number, or several to compare. */
  readonly kind: 'text' | 'integer' | 'number' | 'choice' | 'boolean' | 'sizes';
  readonly help?: string;
  readonly unit?: string;
  readonly choices?: readonly { readonly value: string; readonly label: string }[];
  /** Arrow keys change a number by this; `'x'` multiplies, as a learning rate wants. */
  readonly step?: number | 'x';
  readonly optional?: boolean;
  /** A choice between true, false and, where optional, neither. */
  readonly truth?: boolean;
  /** It is this launcher's own: of no meaning where another is chosen. */
  readonly launcher?: string;
}

export const fields = {
  name: { path: 'name', label: 'Name', kind: 'text' },
  target: {
    path: 'dataset.target',
    label: 'Target',
    kind: 'choice',
    help: 'The property each molecule is trained to predict.',
  },
  limit: {
    path: 'dataset.limit',
    label: 'Molecules at most',
    kind: 'sizes',
    optional: true,
    step: 500,
    help: 'Only so many molecules of the data set, drawn with the split’s seed. Empty: all of them. Several with commas between them, 1000, 2000, 4000, make a run of each, validated on the same molecules: the error is drawn against the size.',
  },
  split: {
    path: 'dataset.split.named',
    label: 'Split',
    kind: 'choice',
    optional: true,
    choices: [
      { value: '', label: 'By shares' },
      { value: 'official', label: 'The data set’s own' },
      { value: 'dimenet', label: 'DimeNet’s, of QM9' },
    ],
  },
  train: { path: 'dataset.split.train', label: 'Train', kind: 'number', step: 0.05 },
  validation: {
    path: 'dataset.split.validation',
    label: 'Validation',
    kind: 'number',
    step: 0.05,
  },
  test: { path: 'dataset.split.test', label: 'Test', kind: 'number', step: 0.05 },
  splitSeed: {
    path: 'dataset.split.seed',
    label: 'Seed',
    kind: 'integer',
    step: 1,
  },
  epochs: {
    path: 'training.epochs',
    label: 'Epochs',
    kind: 'integer',
    step: 1,
    help: 'The first epoch of a run warms up and is left out of its time: take three at least.',
  },
  batch: {
    path: 'training.batchPerDevice',
    label: 'Batch per device',
    kind: 'integer',
    step: 'x',
    help: 'Molecules a device sees in one step. The global batch grows with the device count.',
  },
  rate: { path: 'training.learningRate', label: 'Learning rate', kind: 'number', step: 'x' },
  loss: {
    path: 'training.loss',
    label: 'Loss',
    kind: 'choice',
    choices: [
      { value: 'mse', label: 'Squared error' },
      { value: 'l1', label: 'Absolute error' },
    ],
  },
  schedule: {
    path: 'training.schedule',
    label: 'Schedule',
    kind: 'choice',
    choices: [
      { value: 'plateau', label: 'Reduce on plateau' },
      { value: 'constant', label: 'Constant' },
    ],
    help: 'Plateau: the learning rate falls when the validation error stops falling.',
  },
  factor: {
    path: 'training.plateau.factor',
    label: 'Plateau factor',
    kind: 'number',
    step: 0.05,
    help: 'What the learning rate is multiplied with.',
  },
  patience: {
    path: 'training.plateau.patience',
    label: 'Patience',
    kind: 'integer',
    unit: 'epochs',
    step: 1,
  },
  floor: {
    path: 'training.plateau.minimum',
    label: 'Lowest rate',
    kind: 'number',
    step: 'x',
  },
  normalise: {
    path: 'training.normaliseTarget',
    label: 'Normalise the target',
    kind: 'boolean',
    help: 'The loss sees the target with mean 0 and deviation 1; errors are reported in its own unit all the same.',
  },
  seed: {
    path: 'training.seed',
    label: 'Seed',
    kind: 'integer',
    step: 1,
    help: 'Of the weights and the order of samples. Each repeat adds one.',
  },
  repeats: {
    path: 'repeats',
    label: 'Repeats',
    kind: 'integer',
    step: 1,
    help: 'Runs of each model at each device count. Three show how much runs differ.',
  },
  backend: {
    path: 'backend',
    label: 'Backend',
    kind: 'choice',
    help: 'What computes. Auto takes the fastest that is there.',
  },
  hostsFile: {
    path: 'launcher.hostsFile',
    label: 'Hosts file',
    kind: 'text',
    optional: true,
    launcher: 'mpirun',
    help: 'A file on the hub’s machine with a host a line, such as “n1 slots=4”. Empty: all ranks on that machine.',
  },
  partition: {
    path: 'launcher.partition',
    label: 'Partition',
    kind: 'text',
    optional: true,
    launcher: 'slurm',
  },
  timeLimit: {
    path: 'launcher.timeLimit',
    label: 'Time limit',
    kind: 'text',
    optional: true,
    launcher: 'slurm',
    help: 'Of each job, as sbatch takes it: minutes, hours:minutes:seconds or days-hours. A minute ahead of it a run saves its state.',
  },
  gpus: {
    path: 'launcher.gpus',
    label: 'GPUs',
    kind: 'choice',
    optional: true,
    truth: true,
    launcher: 'slurm',
  },
  account: {
    path: 'launcher.account',
    label: 'Account',
    kind: 'text',
    optional: true,
    launcher: 'slurm',
  },
  qos: {
    path: 'launcher.qos',
    label: 'Quality of service',
    kind: 'text',
    optional: true,
    launcher: 'slurm',
  },
  runsAs: {
    path: 'launcher.runsAs',
    label: 'Runs are',
    kind: 'choice',
    optional: true,
    launcher: 'slurm',
    choices: [
      { value: '', label: 'jobs of their own' },
      { value: 'steps', label: 'steps of one allocation' },
    ],
    help: 'Steps: one job of the largest device count, waited for once, in which the runs take turns. It holds all its devices until the last has ended.',
  },
} as const satisfies Record<string, FieldInfo>;

export type FieldKey = keyof typeof fields;
export const fieldKeys = Object.keys(fields) as FieldKey[];

/** What a place in the spec is called on the page: "training.epochs" is "Epochs". */
export function placeName(path: string): string {
  const field = Object.values(fields).find((one) => one.path === path);
  if (field) return field.label;
  const option = /^models\.(\d+)\.(?:options\.)?(.+)$/.exec(path);
  if (option?.[2] === 'name') return `Model ${Number(option[1]) + 1}`;
  if (option) return `${option[2]} of model ${Number(option[1]) + 1}`;
  return otherPlaces[path] ?? path;
}

const otherPlaces: Readonly<Record<string, string>> = {
  devices: 'Device counts',
  models: 'Models',
  'dataset.name': 'Data set',
  'dataset.split': 'Split',
  'launcher.name': 'Launcher',
};
