/**
 * Mean, least, largest and standard deviation over neighbours, PNA's aggregators. A message is x[j] + bond[type]: what
 * depends on the target alone shifts the first three and is added at the end.
 *
 * Features come in `groups` of `width`; the four statistics of a group stand side by side: out [groups, atoms, 4, width].
 * Edges lie sorted by target, so the edges into atom i are [start[i], start[i + 1]).
 */
import { loadPart, storePart } from './dense';
import { multiplyAdd } from './math';

/** 0: the square root of max(v, floor), and 0 where v is at most the floor; 1: the square root of v + floor. */
const softened: i32 = 1;

function deviation(variance: v128, form: i32, floor: v128): v128 {
  if (form === softened) return f32x4.sqrt(f32x4.add(variance, floor));
  return v128.and(f32x4.sqrt(variance), f32x4.gt(variance, floor));
}

/** x of edge e's source plus its bond's row: four features at byte offset `at`. */
function message(
  x: usize,
  bonds: usize,
  source: usize,
  bond: usize,
  e: i32,
  stride: usize,
  at: usize,
  count: i32,
): v128 {
  const place = (<usize>e) << 2;
  const row = loadPart(x + stride * load<u32>(source + place) + at, count);
  return f32x4.add(row, loadPart(bonds + stride * load<u32>(bond + place) + at, count));
}

/**
 * @param base [N, F] what is added to mean, least and largest of atoms that have a neighbour
 * @param x [N, F] @param bonds [B, F] @param source [E] @param bond [E] @param start [N + 1]
 * @param form of the standard deviation
 */
export function neighbourStatistics(
  base: usize,
  x: usize,
  bonds: usize,
  source: usize,
  bond: usize,
  start: usize,
  out: usize,
  atoms: i32,
  groups: i32,
  width: i32,
  form: i32,
  floor: f32,
): void {
  const stride = (<usize>(groups * width)) << 2;
  const part = (<usize>width) << 2;
  const least = f32x4.splat(floor);
  for (let i = 0; i < atoms; i++) {
    const first = load<i32>(start + ((<usize>i) << 2));
    const last = load<i32>(start + ((<usize>i) << 2), 4);
    const share = f32x4.splat(<f32>1 / <f32>max(1, last - first));
    for (let g = 0; g < groups; g++) {
      const to = out + <usize>(g * atoms + i) * 4 * part;
      for (let f = 0; f < width; f += 4) {
        const at = (<usize>(g * width + f)) << 2;
        const count = width - f;
        let mean = f32x4.splat(0);
        let low = mean;
        let high = mean;
        let variance = mean;
        if (last > first) {
          const b = loadPart(base + at, count);
          low = message(x, bonds, source, bond, first, stride, at, count);
          high = low;
          mean = low;
          for (let e = first + 1; e < last; e++) {
            const m = message(x, bonds, source, bond, e, stride, at, count);
            mean = f32x4.add(mean, m);
            low = f32x4.pmin(low, m);
            high = f32x4.pmax(high, m);
          }
          mean = f32x4.mul(mean, share);
          for (let e = first; e < last; e++) {
            const d = f32x4.sub(message(x, bonds, source, bond, e, stride, at, count), mean);
            variance = multiplyAdd(d, d, variance);
          }
          variance = f32x4.mul(variance, share);
          mean = f32x4.add(mean, b);
          low = f32x4.add(low, b);
          high = f32x4.add(high, b);
        }
        const place = to + ((<usize>f) << 2);
        storePart(place, mean, count);
        storePart(place + part, low, count);
        storePart(place + 2 * part, high, count);
        storePart(place + 3 * part, deviation(variance, form, least), count);
      }
    }
    base += stride;
  }
}

/** to += v, the first `count` floats */
function addPart(to: usize, v: v128, count: i32): void {
  storePart(to, f32x4.add(loadPart(to, count), v), count);
}

/**
 * The gradient dout [groups, atoms, 4, width] taken to base, x and bonds: dbase, dx [N, F] and dbonds [B, F], the last
 * two cleared first. Neighbours that share the least or largest value share its gradient evenly, as in torch's scatter.
 */
export function neighbourStatisticsGradient(
  x: usize,
  bonds: usize,
  source: usize,
  bond: usize,
  start: usize,
  dout: usize,
  dbase: usize,
  dx: usize,
  dbonds: usize,
  atoms: i32,
  bondTypes: i32,
  groups: i32,
  width: i32,
  form: i32,
  floor: f32,
): void {
  const stride = (<usize>(groups * width)) << 2;
  const part = (<usize>width) << 2;
  const least = f32x4.splat(floor);
  const one = f32x4.splat(1);
  memory.fill(dx, 0, stride * <usize>atoms);
  memory.fill(dbonds, 0, stride * <usize>bondTypes);
  for (let i = 0; i < atoms; i++) {
    const first = load<i32>(start + ((<usize>i) << 2));
    const last = load<i32>(start + ((<usize>i) << 2), 4);
    const share = f32x4.splat(<f32>1 / <f32>max(1, last - first));
    for (let g = 0; g < groups; g++) {
      const from = dout + <usize>(g * atoms + i) * 4 * part;
      for (let f = 0; f < width; f += 4) {
        const at = (<usize>(g * width + f)) << 2;
        const count = width - f;
        if (last === first) {
          storePart(dbase + at, f32x4.splat(0), count);
          continue;
        }
        let low = message(x, bonds, source, bond, first, stride, at, count);
        let high = low;
        let mean = low;
        for (let e = first + 1; e < last; e++) {
          const m = message(x, bonds, source, bond, e, stride, at, count);
          mean = f32x4.add(mean, m);
          low = f32x4.pmin(low, m);
          high = f32x4.pmax(high, m);
        }
        mean = f32x4.mul(mean, share);
        let variance = f32x4.splat(0);
        let lows = variance;
        let highs = variance;
        for (let e = first; e < last; e++) {
          const m = message(x, bonds, source, bond, e, stride, at, count);
          const d = f32x4.sub(m, mean);
          variance = multiplyAdd(d, d, variance);
          lows = f32x4.add(lows, v128.and(one, f32x4.eq(m, low)));
          highs = f32x4.add(highs, v128.and(one, f32x4.eq(m, high)));
        }
        variance = f32x4.mul(variance, share);
        const place = from + ((<usize>f) << 2);
        const dmean = loadPart(place, count);
        const dlow = loadPart(place + part, count);
        const dhigh = loadPart(place + 2 * part, count);
        const ddeviation = loadPart(place + 3 * part, count);
        storePart(dbase + at, f32x4.add(dmean, f32x4.add(dlow, dhigh)), count);
        // d(deviation) / d(message) = (message - mean) / (neighbours x deviation), 0 where the deviation is.
        const s = deviation(variance, form, least);
        const slope = v128.and(
          f32x4.div(f32x4.mul(ddeviation, share), s),
          v128.and(f32x4.gt(s, f32x4.splat(0)), f32x4.gt(variance, f32x4.splat(0))),
        );
        const even = f32x4.mul(dmean, share);
        const toLow = f32x4.div(dlow, lows);
        const toHigh = f32x4.div(dhigh, highs);
        for (let e = first; e < last; e++) {
          const m = message(x, bonds, source, bond, e, stride, at, count);
          let d = multiplyAdd(slope, f32x4.sub(m, mean), even);
          d = f32x4.add(d, v128.and(toLow, f32x4.eq(m, low)));
          d = f32x4.add(d, v128.and(toHigh, f32x4.eq(m, high)));
          const edge = (<usize>e) << 2;
          addPart(dx + stride * load<u32>(source + edge) + at, d, count);
          addPart(dbonds + stride * load<u32>(bond + edge) + at, d, count);
        }
      }
    }
    dbase += stride;
  }
}
