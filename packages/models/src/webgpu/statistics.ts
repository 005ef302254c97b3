import { type GpuKernel, groupSize, launch, launchEach } from './kernel.ts';

/**
 * Mean, least, largest and deviation over neighbours, and their gradient: the composed form is in
 * ops/neighbour-statistics.ts. An atom has few bonds, so that statistics are made again where a gradient needs them, and
 * sums over the edges out of an atom go over those into it, for every bond has both directions.
 */

/** `fn statisticsOf(atom, feature) -> Statistics` of messages x_j + bonds_type. */
const statistics = (form: number) => `
struct Statistics { mean : f32, low : f32, high : f32, deviation : f32, lows : f32, highs : f32, share : f32 };
fn message(e : i32, feature : i32) -> f32 {
  return x[source[e] * uniforms.features + feature] + bonds[bond[e] * uniforms.features + feature];
}
fn statisticsOf(atom : i32, feature : i32) -> Statistics {
  let first = start[atom];
  let last = start[atom + 1];
  var s : Statistics;
  s.share = 1.0 / f32(max(1, last - first));
  for (var e = first; e < last; e++) {
    let m = message(e, feature);
    if (e == first || m < s.low) { s.low = m; s.lows = 0.0; }
    if (e == first || m > s.high) { s.high = m; s.highs = 0.0; }
    s.lows += select(0.0, 1.0, m == s.low);
    s.highs += select(0.0, 1.0, m == s.high);
    s.mean += m;
  }
  s.mean *= s.share;
  var variance = 0.0;
  for (var e = first; e < last; e++) {
    let offset = message(e, feature) - s.mean;
    variance += offset * offset;
  }
  variance *= s.share;
  ${
    form === 1
      ? 's.deviation = sqrt(variance + uniforms.least);'
      : 's.deviation = select(0.0, sqrt(variance), variance > uniforms.least);'
  }
  return s;
}
/** Where the first of an atom's four statistics of a feature stands in [T, N, 4, F / T]. */
fn placeOf(atom : i32, feature : i32) -> i32 {
  let width = uniforms.width;
  return ((feature / width) * uniforms.atoms + atom) * 4 * width + feature % width;
}
`;

/** `fn slopeOf(m, atom, feature)`: the gradient of a message m into an atom. */
const slope = `
fn slopeOf(m : f32, atom : i32, feature : i32) -> f32 {
  let s = statisticsOf(atom, feature);
  let at = placeOf(atom, feature);
  let width = uniforms.width;
  var d = dout[at] * s.share;
  if (m == s.low) { d += dout[at + width] / s.lows; }
  if (m == s.high) { d += dout[at + 2 * width] / s.highs; }
  if (s.deviation > 0.0) { d += dout[at + 3 * width] * s.share * (m - s.mean) / s.deviation; }
  return d;
}
`;

const neighbourStatistics: GpuKernel = (gpu, { base, x, bonds, source, bond, start }, attributes) => {
  const [atoms, features] = x.shape;
  const width = features / Number(attributes.groups);
  const form = Number(attributes.form);
  return launchEach(gpu, {
    key: `neighbour statistics ${form}`,
    inputs: {
      base: [base, 1],
      x: [x, 1],
      bonds: [bonds, 1],
      source: [source, 1],
      bond: [bond, 1],
      start: [start, 1],
    },
    outputs: { out: [[Number(attributes.groups), atoms, 4 * width], 1] },
    ints: { atoms, features, width },
    floats: { least: Number(attributes.floor) },
    threads: atoms * features,
    code: `${statistics(form)}
fn main(index : i32) {
  let atom = index / uniforms.features;
  let feature = index % uniforms.features;
  let s = statisticsOf(atom, feature);
  let shift = select(0.0, base[index], start[atom + 1] > start[atom]);
  let at = placeOf(atom, feature);
  result[at] = s.mean + shift;
  result[at + uniforms.width] = s.low + shift;
  result[at + 2 * uniforms.width] = s.high + shift;
  result[at + 3 * uniforms.width] = s.deviation;
}`,
  })[0];
};

const neighbourStatisticsGradient: GpuKernel = (gpu, inputs, attributes) => {
  const { x, bonds, source, bond, start, dout } = inputs;
  const [atoms, features] = x.shape;
  const [bondTypes] = bonds.shape;
  const form = Number(attributes.form);
  const common = {
    inputs: {
      x: [x, 1],
      bonds: [bonds, 1],
      source: [source, 1],
      bond: [bond, 1],
      start: [start, 1],
      dout: [dout, 1],
    },
    ints: { atoms, features, width: features / Number(attributes.groups) },
    floats: { least: Number(attributes.floor) },
  } as const;
  const [dbase, dx] = launchEach(gpu, {
    ...common,
    key: `neighbour statistics gradient ${form}`,
    outputs: { dbase: [x.shape, 1], dx: [x.shape, 1] },
    threads: atoms * features,
    code: `${statistics(form)}${slope}
fn main(index : i32) {
  let atom = index / uniforms.features;
  let feature = index % uniforms.features;
  let width = uniforms.width;
  let at = placeOf(atom, feature);
  let connected = start[atom + 1] > start[atom];
  result[index] = select(0.0, dout[at] + dout[at + width] + dout[at + 2 * width], connected);
  var sum = 0.0;
  for (var e = start[atom]; e < start[atom + 1]; e++) {
    let m = x[index] + bonds[bond[e] * uniforms.features + feature];
    sum += slopeOf(m, source[e], feature);
  }
  dx[index] = sum;
}`,
  });
  const [dbonds] = launch(gpu, {
    ...common,
    key: `neighbour statistics bond gradient ${form} ${bondTypes}`,
    outputs: { dbonds: [bonds.shape, 1] },
    threads: features * groupSize,
    code: `${statistics(form)}${slope}
var<workgroup> parts : array<f32, ${groupSize * bondTypes}>;
fn main(index : i32) {
  let feature = index / ${groupSize};
  let local = i32(localIndex);
  let atoms = uniforms.atoms * min(1, uniforms.threads);
  var sums : array<f32, ${bondTypes}>;
  for (var atom = local; atom < atoms; atom += ${groupSize}) {
    for (var e = start[atom]; e < start[atom + 1]; e++) {
      sums[bond[e]] += slopeOf(message(e, feature), atom, feature);
    }
  }
  for (var type_ = 0; type_ < ${bondTypes}; type_++) { parts[type_ * ${groupSize} + local] = sums[type_]; }
  workgroupBarrier();
  if (local < ${bondTypes}) {
    var total = 0.0;
    for (var k = 0; k < ${groupSize}; k++) { total += parts[local * ${groupSize} + k]; }
    result[local * uniforms.features + feature] = total;
  }
}`,
  });
  return [dbase, dx, dbonds];
};

export const statisticsKernels = {
  NeighbourStatistics: neighbourStatistics,
  NeighbourStatisticsGradient: neighbourStatisticsGradient,
};
