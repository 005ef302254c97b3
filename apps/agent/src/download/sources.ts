import type { RemoteFile } from './fetch-file.ts';

export interface SourceFile extends RemoteFile {
  /** What of an archive (.tar.gz) is wanted, by file name. */
  readonly members?: readonly string[];
}

/** Where a data set's official files are, and what is known of them beforehand. */
export interface DownloadSource {
  readonly files: readonly SourceFile[];
  /** What must be there too where only its benchmark's part is wanted. */
  readonly subset?: readonly SourceFile[];
}

const moleculeNet = 'https://deepchemdata.s3-us-west-1.amazonaws.com/datasets';
const zincGraphs = 'https://huggingface.co/datasets/graphs-datasets/ZINC/resolve/main';
const zincSubset =
  'https://raw.githubusercontent.com/graphdeeplearning/benchmarking-gnns/b6c407712fa576e9699555e1e035d1e327ccae6c/data/molecules';

/**
 * By data set. QM9: MoleculeNet's archive has gdb9.sdf and gdb9.sdf.csv; the list of uncharacterised molecules is
 * figshare's (collection 978904). ZINC: the graphs of all three parts, and which of them are in the 12,000 of its
 * benchmark, by their places in the parts.
 * Files without a SHA-256 here are held to their size, to what their server says of them, to their archive's own
 * checksum, and to being read through.
 */
export const downloadSources: Readonly<Record<string, DownloadSource>> = {
  qm9: {
    files: [
      {
        name: 'gdb9.tar.gz',
        url: `${moleculeNet}/gdb9.tar.gz`,
        bytes: 53_359_625,
        members: ['gdb9.sdf', 'gdb9.sdf.csv'],
      },
      {
        name: 'uncharacterized.txt',
        url: 'https://ndownloader.figshare.com/files/3195404',
        bytes: 486_752,
        sha256: '3aa5115d540b356de94791d4a74c3bf1ed91c469ecf52a4f5d7cc0506fe02e24',
      },
    ],
  },
  zinc: {
    files: [
      { name: 'train.jsonl', url: `${zincGraphs}/train.jsonl` },
      { name: 'val.jsonl', url: `${zincGraphs}/val.jsonl` },
      { name: 'test.jsonl', url: `${zincGraphs}/test.jsonl` },
    ],
    subset: [
      {
        name: 'train.index',
        url: `${zincSubset}/train.index`,
        bytes: 65_110,
        sha256: '575d6acd72ac207a95947e2bdd16411ef6fc3faa88c2f55a2c496ea43022a6d8',
      },
      {
        name: 'val.index',
        url: `${zincSubset}/val.index`,
        bytes: 5_541,
        sha256: 'fe48c38157f0d38e7fc441903a143392eda080511a79e8fb8f60f5c1b0a9c164',
      },
      {
        name: 'test.index',
        url: `${zincSubset}/test.index`,
        bytes: 4_782,
        sha256: '6aa50d98976044fb36089afef5b4c991b429ca1c8e009d33a0319e42a2d9b525',
      },
    ],
  },
};

export function sourceOf(name: string): DownloadSource | undefined {
  return Object.hasOwn(downloadSources, name) ? downloadSources[name] : undefined;
}

/** What to bring of a data set; undefined where it is not one to download, or has no such subset. */
export function filesOf(name: string, subset: boolean): readonly SourceFile[] | undefined {
  const source = sourceOf(name);
  if (!subset) return source?.files;
  return source?.subset && [...source.files, ...source.subset];
}
