import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plainSimd, relaxedSimd } from '../../src/wasm/bytes.ts';
import type { Kernels } from '../../src/wasm/kernels.ts';

const floats = (length: number, seed: number) =>
  Float32Array.from({ length }, (_, i) => Math.sin(i * 12.9898 + seed) * 3);

/** The module over a memory of its own, with a bump allocator: what it computes does not depend on TensorFlow.js. */
function load(base64: string) {
  const memory = new WebAssembly.Memory({ initial: 256 });
  const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
  const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory, abort() {} } });
  let top = 1024;
  const reserve = (count: number) => {
    const at = top;
    top += (count * 4 + 15) & ~15;
    return at;
  };
  const put = (values: Float32Array | Int32Array) => {
    const at = reserve(values.length);
    new (values.constructor as Float32ArrayConstructor)(memory.buffer, at, values.length).set(values);
    return at;
  };
  const get = (at: number, length: number) => new Float32Array(memory.buffer, at, length).slice();
  const run = instance.exports as unknown as Kernels;
  run.prepare(reserve(run.tableBytes() / 4));
  return { run, reserve, put, get };
}

function expectClose(actual: Float32Array, wanted: ArrayLike<number>, tolerance: number) {
  for (let i = 0; i < actual.length; i++) {
    const allowed = tolerance * Math.max(1, Math.abs(wanted[i]));
    if (!(Math.abs(actual[i] - wanted[i]) <= allowed))
      expect(actual[i], `element ${i}`).toBeCloseTo(wanted[i], 6);
  }
}

const ssp = (x: number) => Math.log1p(Math.exp(-Math.abs(x))) + Math.max(x, 0) - Math.LN2;
const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const activations: [name: string, f: (x: number) => number, derivative: (x: number) => number][] = [
  ['identity', (x) => x, () => 1],
  ['ssp', ssp, sigmoid],
  ['swish', (x) => x * sigmoid(x), (x) => sigmoid(x) * (1 + x * (1 - sigmoid(x)))],
  ['relu', (x) => Math.max(x, 0), (x) => (x > 0 ? 1 : 0)],
  ['tanh', Math.tanh, (x) => 1 - Math.tanh(x) ** 2],
  ['sigmoid', sigmoid, (x) => sigmoid(x) * (1 - sigmoid(x))],
];

describe.each([
  ['relaxed SIMD', relaxedSimd],
  ['plain SIMD', plainSimd],
])('wasm kernels, %s', (_name, base64) => {
  it('gemm equals the triple loop for every transpose and any size', () => {
    const sizes = fc.tuple(
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 1, max: 600 }),
    );
    fc.assert(
      fc.property(sizes, fc.boolean(), fc.boolean(), fc.boolean(), ([m, n, k], tA, tB, accumulate) => {
        const { run, put, get, reserve } = load(base64);
        const a = floats(m * k, 1);
        const b = floats(k * n, 2);
        const before = floats(m * n, 3);
        const wanted = new Float64Array(m * n);
        for (let i = 0; i < m; i++)
          for (let j = 0; j < n; j++) {
            let sum = accumulate ? before[i * n + j] : 0;
            for (let q = 0; q < k; q++) sum += a[tA ? q * m + i : i * k + q] * b[tB ? j * k + q : q * n + j];
            wanted[i * n + j] = sum;
          }
        const c = put(before);
        const scratch = reserve(run.gemmScratchBytes(n) / 4);
        run.gemm(put(a), Number(tA), put(b), Number(tB), c, m, n, k, scratch, Number(accumulate));
        // The rounding of k products as large as 9.
        expectClose(get(c, m * n), wanted, Math.max(1e-4, 1e-6 * k));
      }),
      { numRuns: 60 },
    );
  });

  it.each(activations)('%s and its gradient equal their formulas, tails included', (name, f, derivative) => {
    const { run, put, get, reserve } = load(base64);
    const code = activations.findIndex(([n]) => n === name);
    const x = Float32Array.from([...floats(97, 4), -100, -30, -1e-4, 0, 1e-4, 30, 80]);
    const y = reserve(x.length);
    const at = put(x);
    run.activate(code, at, y, x.length);
    if (name !== 'identity') expectClose(get(y, x.length), Float64Array.from(x, f), 1e-6);
    const dy = floats(x.length, 5);
    const dx = reserve(x.length);
    if (name === 'identity') return;
    run.activateGradient(code, name === 'swish' ? at : y, put(dy), dx, x.length);
    expectClose(
      get(dx, x.length),
      Float64Array.from(x, (v, i) => derivative(v) * dy[i]),
      2e-6,
    );
  });

  it('a dense layer is f(x W^T + b), and swish keeps its input', () => {
    const { run, put, get, reserve } = load(base64);
    const [rows, fanIn, fanOut] = [17, 23, 13];
    const x = floats(rows * fanIn, 6);
    const w = floats(fanOut * fanIn, 7).map((v) => v / 10);
    const b = floats(fanOut, 8);
    const before = new Float64Array(rows * fanOut);
    for (let r = 0; r < rows; r++)
      for (let o = 0; o < fanOut; o++) {
        let sum = b[o];
        for (let i = 0; i < fanIn; i++) sum += x[r * fanIn + i] * w[o * fanIn + i];
        before[r * fanOut + o] = sum;
      }
    const y = reserve(rows * fanOut);
    const kept = reserve(rows * fanOut);
    const scratch = reserve(run.gemmScratchBytes(fanOut) / 4);
    run.dense(put(x), put(w), put(b), 2, y, kept, rows, fanIn, fanOut, scratch);
    expectClose(get(kept, rows * fanOut), before, 1e-5);
    expectClose(
      get(y, rows * fanOut),
      before.map((v) => v * sigmoid(v)),
      1e-5,
    );
    const sums = reserve(fanOut);
    run.columnSums(kept, sums, rows, fanOut);
    const wanted = new Float64Array(fanOut);
    for (let i = 0; i < before.length; i++) wanted[i % fanOut] += before[i];
    expectClose(get(sums, fanOut), wanted, 1e-5);
  });

  it.each([[16], [21], [3]])(
    'neighbour sums and their gradients equal loops over edges (F = %i)',
    (features) => {
      const { run, put, get, reserve } = load(base64);
      // A star of four atoms around atom 0, and a pair: edges sorted by target.
      const source = Int32Array.from([1, 2, 3, 0, 0, 0, 5, 4]);
      const target = Int32Array.from([0, 0, 0, 1, 2, 3, 4, 5]);
      const pair = Int32Array.from([0, 1, 2, 0, 1, 2, 3, 3]);
      const atomsOfPair = Int32Array.from([0, 1, 0, 2, 0, 3, 4, 5]);
      const start = Int32Array.from([0, 3, 4, 5, 6, 7, 8]);
      const x = floats(6 * features, 9);
      const w = floats(4 * features, 10);
      const scale = floats(4, 19);
      const out = reserve(6 * features);
      const at = { x: put(x), w: put(w), scale: put(scale) };
      run.filterSum(at.x, at.w, at.scale, put(source), put(pair), put(start), out, 6, features);
      const wanted = new Float64Array(6 * features);
      const dy = floats(6 * features, 11);
      const dw = new Float64Array(4 * features);
      for (let e = 0; e < source.length; e++)
        for (let f = 0; f < features; f++) {
          const [xe, we] = [x[source[e] * features + f], w[pair[e] * features + f] * scale[pair[e]]];
          wanted[target[e] * features + f] += xe * we;
          dw[pair[e] * features + f] += xe * dy[target[e] * features + f] * scale[pair[e]];
        }
      expectClose(get(out, 6 * features), wanted, 1e-5);
      const gradient = reserve(4 * features);
      run.filterSumFilterGradient(at.x, put(dy), at.scale, put(atomsOfPair), gradient, 4, features);
      expectClose(get(gradient, 4 * features), dw, 1e-5);
    },
  );

  it('gather, sum over slots and addition into rows equal their loops, padding contributing nothing', () => {
    const { run, put, get, reserve } = load(base64);
    const features = 6;
    const x = floats(5 * features, 12);
    const index = Int32Array.from([4, 0, 5, 2]);
    const out = reserve(4 * features);
    run.gatherRows(put(x), put(index), out, 4, features, 5);
    const wanted = Array.from(index).flatMap((r) =>
      r === 5 ? Array(features).fill(0) : [...x.subarray(r * features, (r + 1) * features)],
    );
    expectClose(get(out, 4 * features), wanted, 0);
    const slots = Int32Array.from([0, 4, 5, 1, 5, 5]);
    const sums = reserve(2 * features);
    run.sumSlots(put(x), put(slots), sums, 2, 3, features, 5);
    expectClose(
      get(sums, 2 * features),
      Array.from({ length: 12 }, (_, i) => (i < 6 ? x[i] + x[24 + i] : x[i])),
      1e-6,
    );
    const added = reserve(3 * features);
    run.addRowsTo(put(x), put(Int32Array.from([2, 0, 2, 2, 0])), added, 5, 3, features);
    const rows = [[1, 4], [], [0, 2, 3]].flatMap((from) =>
      Array.from({ length: features }, (_, f) => from.reduce((s, r) => s + x[r * features + f], 0)),
    );
    expectClose(get(added, 3 * features), rows, 1e-6);
  });

  it('rows combined from others, and the transpose, equal loops', () => {
    const { run, put, get, reserve } = load(base64);
    const [rows, terms, sources, features] = [7, 3, 4, 6];
    const index = Int32Array.from({ length: rows * terms }, (_, i) => (i * 5) % sources);
    const weight = floats(rows * terms, 20);
    const x = floats(sources * features, 21);
    const dy = floats(rows * features, 22);
    const wanted = new Float64Array(rows * features);
    const dx = new Float64Array(sources * features);
    for (let i = 0; i < index.length; i++)
      for (let f = 0; f < features; f++) {
        const r = Math.floor(i / terms);
        wanted[r * features + f] += weight[i] * x[index[i] * features + f];
        dx[index[i] * features + f] += weight[i] * dy[r * features + f];
      }
    const at = { index: put(index), weight: put(weight) };
    const out = reserve(wanted.length);
    run.combineRows(put(x), at.index, at.weight, out, rows, terms, features);
    expectClose(get(out, wanted.length), wanted, 1e-5);
    const gradient = reserve(dx.length);
    run.spreadRows(put(dy), at.index, at.weight, gradient, rows, terms, sources, features);
    expectClose(get(gradient, dx.length), dx, 1e-5);
  });

  it('Gaussians equal their formula, and are 0 rather than denormal far from their centre', () => {
    const { run, put, get, reserve } = load(base64);
    const distance = Float32Array.from([0, 0.96, 1.5, 9.99]);
    const centres = Float32Array.from({ length: 50 }, (_, k) => (k * 10) / 49);
    const out = reserve(200);
    run.gaussians(put(distance), put(centres), -12, out, 4, 50);
    const wanted = Array.from(distance).flatMap((d) =>
      Array.from(centres, (c) => Math.exp(-12 * (d - c) ** 2)),
    );
    expectClose(get(out, 200), wanted, 1e-6);
    expect(get(out, 200).every((v) => v === 0 || v > 1e-30)).toBe(true);
  });

  it('no function makes a number of NaN', () => {
    const { run, put, get, reserve } = load(base64);
    const x = put(Float32Array.from({ length: 6 }, () => Number.NaN));
    const y = reserve(6);
    for (const code of [1, 2, 3, 4, 5]) {
      run.activate(code, x, y, 6);
      expect([...get(y, 6)]).toEqual(Array(6).fill(Number.NaN));
    }
  });

  it('grouped products equal loops over segments, empty segments included', () => {
    const { run, put, get, reserve } = load(base64);
    const start = [0, 3, 3, 10, 11];
    const [segments, rows, m, n] = [4, 11, 9, 7];
    const a = floats(rows * m, 13);
    const b = floats(rows * n, 14);
    const at = {
      a: put(a),
      b: put(b),
      start: put(Int32Array.from(start)),
      scratch: reserve(run.gemmScratchBytes(16) / 4),
    };
    const outer = new Float64Array(segments * m * n);
    for (let s = 0; s < segments; s++)
      for (let r = start[s]; r < start[s + 1]; r++)
        for (let i = 0; i < m; i++)
          for (let j = 0; j < n; j++) outer[(s * m + i) * n + j] += a[r * m + i] * b[r * n + j];
    const c = reserve(outer.length);
    run.segmentOuter(at.a, at.b, at.start, c, segments, m, n, at.scratch);
    expectClose(get(c, outer.length), outer, 1e-5);

    const matrices = floats(segments * m * n, 15);
    for (const transposed of [false, true]) {
      const wanted = new Float64Array(rows * n);
      for (let s = 0; s < segments; s++)
        for (let r = start[s]; r < start[s + 1]; r++)
          for (let j = 0; j < n; j++)
            for (let i = 0; i < m; i++)
              wanted[r * n + j] += a[r * m + i] * matrices[s * m * n + (transposed ? j * m + i : i * n + j)];
      const out = reserve(rows * n);
      run.segmentRowsTimes(
        at.a,
        put(matrices),
        Number(transposed),
        at.start,
        out,
        segments,
        n,
        m,
        at.scratch,
      );
      expectClose(get(out, rows * n), wanted, 1e-5);
    }
  });

  it('square segments times rows, and both gradients, equal loops', () => {
    const { run, put, get, reserve } = load(base64);
    const start = [0, 3, 3, 8];
    const [segments, rows, width, n] = [3, 8, 2, 5];
    const d = [3, 0, 5];
    const offset = [0, 18, 18];
    const w = floats(width * (9 + 25), 16);
    const b = floats(rows * n, 17);
    const dc = floats(rows * width * n, 18);
    const c = new Float64Array(rows * width * n);
    const db = new Float64Array(rows * n);
    const dw = new Float64Array(w.length);
    for (let s = 0; s < segments; s++)
      for (let i = 0; i < d[s] * width; i++)
        for (let k = 0; k < d[s]; k++)
          for (let j = 0; j < n; j++) {
            const [wi, ci, bi] = [
              offset[s] + i * d[s] + k,
              (start[s] * width + i) * n + j,
              (start[s] + k) * n + j,
            ];
            c[ci] += w[wi] * b[bi];
            db[bi] += w[wi] * dc[ci];
            dw[wi] += dc[ci] * b[bi];
          }
    const at = {
      w: put(w),
      b: put(b),
      dc: put(dc),
      start: put(Int32Array.from(start)),
      scratch: reserve(run.gemmScratchBytes(8) / 4),
    };
    const out = { c: reserve(c.length), db: reserve(db.length), dw: reserve(dw.length) };
    run.squareTimesRows(at.w, at.b, at.start, out.c, segments, width, n, at.scratch);
    run.squareTimesRowsGradient(at.w, at.dc, at.start, out.db, segments, width, n, at.scratch);
    run.squareTimesRowsWeightGradient(at.b, at.dc, at.start, out.dw, segments, width, n, at.scratch);
    expectClose(get(out.c, c.length), c, 1e-5);
    expectClose(get(out.db, db.length), db, 1e-5);
    expectClose(get(out.dw, dw.length), dw, 1e-5);
  });
});

it('the committed bytes are those of kernels/*.ts', async () => {
  const { bytesModule } = await import('../../kernels/build.mjs');
  const committed = readFileSync(new URL('../../src/wasm/bytes.ts', import.meta.url), 'utf8');
  // Compared as a flag: a failure should not print both.
  expect((await bytesModule()) === committed, 'run node packages/models/kernels/build.mjs').toBe(true);
});
