import { elementRadius } from './palette.ts';

export interface DrawnMolecule {
  readonly atomicNumbers: readonly number[];
  /** angstrom */
  readonly positions: readonly (readonly [number, number, number])[];
  readonly bonds: readonly (readonly [number, number, number])[];
  /** A colour for each atom; those of the elements where left out. */
  readonly colours?: readonly string[] | undefined;
  /** A label for each atom; none where left out. */
  readonly labels?: readonly string[] | undefined;
}

export type Vector = readonly [number, number, number];
/** Three rows: what the view's x, y and z are of the molecule's. */
export type Turn = readonly [Vector, Vector, Vector];

/** As the molecule lies in its file. */
export const asItLies: Turn = [
  [1, 0, 0],
  [0, 1, 0],
  [0, 0, 1],
];

/** Turn further, about the view's vertical and then its horizontal: radians. */
export function turned(turn: Turn, across: number, upward: number): Turn {
  const [c, s] = [Math.cos(across), Math.sin(across)];
  const [x, y, z] = turn;
  const [x1, z1] = [mixed(c, x, s, z), mixed(-s, x, c, z)];
  const [cu, su] = [Math.cos(upward), Math.sin(upward)];
  return [x1, mixed(cu, y, -su, z1), mixed(su, y, cu, z1)];
}

function mixed(a: number, u: Vector, b: number, v: Vector): Vector {
  return [a * u[0] + b * v[0], a * u[1] + b * v[1], a * u[2] + b * v[2]];
}

const dot = (u: Vector, v: Vector) => u[0] * v[0] + u[1] * v[1] + u[2] * v[2];
const apart = (u: Vector, v: Vector): Vector => mixed(1, u, -1, v);
const length = (u: Vector) => Math.sqrt(dot(u, u));

/** A ball or half a stick as it is seen: x to the right, y upward from the middle, in units of half the picture's height. */
export type Shape =
  | {
      readonly kind: 'ball';
      readonly depth: number;
      readonly at: readonly [number, number];
      readonly radius: number;
      readonly atom: number;
    }
  | {
      readonly kind: 'stick';
      readonly depth: number;
      readonly from: readonly [number, number];
      readonly to: readonly [number, number];
      readonly radius: number;
    };

/** A molecule about its middle, and how far its atoms reach, angstrom. */
export interface Body {
  readonly molecule: DrawnMolecule;
  readonly points: readonly Vector[];
  readonly reach: number;
}

export function bodyOf(molecule: DrawnMolecule): Body {
  const { positions } = molecule;
  const count = positions.length || 1;
  const sum = positions.reduce<Vector>((total, at) => mixed(1, total, 1, at), [0, 0, 0]);
  const middle = mixed(1 / count, sum, 0, sum);
  const points = positions.map((at) => apart(at, middle));
  return { molecule, points, reach: points.reduce((most, at) => Math.max(most, length(at)), 1) + 0.9 };
}

/**
 * The turn in which a molecule is seen best: its longest extent to the right, its shortest towards the viewer, so that a
 * flat one is never seen edge-on, and all of it a little from the side.
 */
export function bestTurn({ points }: Body): Turn {
  const first = mainAxis(points, [0.9, 0.4, 0.2]);
  const rest = points.map((at) => mixed(1, at, -dot(at, first), first));
  const [x, y, z] = first;
  // Any direction across the first, for a molecule that is a line or a point.
  const across: Vector = Math.abs(y) < 0.9 ? [-y * x, 1 - y * y, -y * z] : [1 - x * x, -x * y, -x * z];
  const second = mainAxis(rest, across);
  return turned([first, second, cross(first, second)], -0.3, 0.32);
}

/** The direction in which points about the origin reach farthest, by power iteration from a start. */
function mainAxis(points: readonly Vector[], start: Vector): Vector {
  let axis = mixed(1 / length(start), start, 0, start);
  for (let round = 0; round < 60; round++) {
    const next = points.reduce<Vector>((sum, at) => mixed(1, sum, dot(at, axis), at), [0, 0, 0]);
    const size = length(next);
    if (size < 1e-9) return axis;
    axis = mixed(1 / size, next, 0, next);
  }
  return axis;
}

const cross = (u: Vector, v: Vector): Vector => [
  u[1] * v[2] - u[2] * v[1],
  u[2] * v[0] - u[0] * v[2],
  u[0] * v[1] - u[1] * v[0],
];

/** Half the angle of view. */
const halfView = (17 * Math.PI) / 180;

/**
 * What is to be drawn, the farthest first, so that what is nearer covers it. Sticks begin at the balls' surfaces and come
 * in halves, each at its own depth.
 *
 * @param near - 1 shows the whole molecule; smaller is nearer
 */
export function shapesOf({ molecule, points, reach }: Body, turn: Turn, near: number): Shape[] {
  const distance = (near * reach) / Math.sin(halfView);
  const focal = 1 / Math.tan(halfView);
  const seen = points.map((at): Vector => [dot(turn[0], at), dot(turn[1], at), dot(turn[2], at)]);
  const scale = (z: number) => focal / Math.max(0.1, distance - z);
  const flat = ([x, y, z]: Vector): [number, number] => [x * scale(z), y * scale(z)];
  const radii = molecule.atomicNumbers.map(elementRadius);
  const shapes: Shape[] = seen.map((at, atom) => ({
    kind: 'ball',
    depth: at[2],
    at: flat(at),
    radius: radii[atom]! * scale(at[2]),
    atom,
  }));
  for (const [i, j, order] of molecule.bonds) {
    const [a, b] = [seen[i]!, seen[j]!];
    const along = apart(b, a);
    const size = length(along) || 1;
    // Several sticks lie side by side in the plane of the picture, as they are told apart best.
    const across = Math.hypot(along[0], along[1]) || 1;
    const side: Vector = [-along[1] / across, along[0] / across, 0];
    const sticks = order === 4 ? 2 : Math.min(3, Math.max(1, order));
    const half = (size - 0.8 * (radii[i]! + radii[j]!)) / 2;
    const middle = mixed(1, a, (0.8 * radii[i]! + half) / size, along);
    for (let s = 0; s < sticks; s++) {
      const shift = 0.15 * (s - (sticks - 1) / 2);
      const thick = sticks === 1 ? 0.1 : order === 4 && s === 1 ? 0.035 : 0.06;
      const centre = mixed(1, middle, shift, side);
      for (const end of [-1, 1]) {
        const far = mixed(1, centre, (end * half) / size, along);
        const depth = (centre[2] + far[2]) / 2;
        shapes.push({
          kind: 'stick',
          depth,
          from: flat(centre),
          to: flat(far),
          radius: thick * scale(depth),
        });
      }
    }
  }
  return shapes.sort((one, other) => one.depth - other.depth);
}
