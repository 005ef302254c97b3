import {
  AmbientLight,
  CanvasTexture,
  CylinderGeometry,
  DirectionalLight,
  Group,
  Mesh,
  MeshLambertMaterial,
  PerspectiveCamera,
  Quaternion,
  Scene,
  SphereGeometry,
  Sprite,
  SpriteMaterial,
  Vector3,
  WebGLRenderer,
} from 'three';
import { OrbitControls } from 'three/addons/controls/OrbitControls.js';
import { elementColour, elementRadius } from './palette.ts';

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

const up = new Vector3(0, 1, 0);

/** A molecule in balls and sticks on a canvas: dragging turns it, the wheel zooms. Draws only when something changes. */
export class MoleculeScene {
  readonly #renderer: WebGLRenderer;
  readonly #scene = new Scene();
  readonly #camera = new PerspectiveCamera(34, 1, 0.1, 400);
  readonly #controls: OrbitControls;
  readonly #sphere = new SphereGeometry(1, 32, 20);
  readonly #cylinder = new CylinderGeometry(1, 1, 1, 16);
  #molecule = new Group();
  #framed = '';
  #frame = 0;

  /** @throws Error where the browser has no WebGL */
  constructor(canvas: HTMLCanvasElement) {
    this.#renderer = new WebGLRenderer({ canvas, antialias: true, alpha: true });
    this.#renderer.setPixelRatio(Math.min(devicePixelRatio, 2));
    this.#scene.add(new AmbientLight(0xffffff, 1.5));
    const sun = new DirectionalLight(0xffffff, 2.1);
    sun.position.set(3, 5, 8);
    this.#camera.add(sun);
    this.#scene.add(this.#camera, this.#molecule);
    this.#controls = new OrbitControls(this.#camera, canvas);
    this.#controls.enablePan = false;
    this.#controls.addEventListener('change', () => this.#draw());
  }

  resize(width: number, height: number): void {
    this.#renderer.setSize(width, height, false);
    this.#camera.aspect = width / Math.max(1, height);
    this.#camera.updateProjectionMatrix();
    this.#draw();
  }

  /** @param id - another one turns the camera back to where the whole molecule is seen */
  show(id: string, molecule: DrawnMolecule): void {
    this.#clear();
    const points = molecule.positions.map((at) => new Vector3(...at));
    const centre = points.reduce((sum, at) => sum.add(at), new Vector3()).divideScalar(points.length || 1);
    for (const at of points) at.sub(centre);
    for (const [a, at] of points.entries()) this.#atom(at, molecule, a);
    for (const bond of molecule.bonds) this.#bond(points, bond, molecule);
    if (this.#framed !== id) {
      this.#framed = id;
      const reach = points.reduce((most, at) => Math.max(most, at.length()), 1) + 0.9;
      this.#camera.position.set(0.35, 0.5, 1).setLength(reach / Math.sin((this.#camera.fov * Math.PI) / 360));
      this.#controls.target.set(0, 0, 0);
      this.#controls.update();
    }
    this.#draw();
  }

  /** Turn by hand, for arrow keys: radians about the vertical and the horizontal. */
  turn(across: number, upward: number): void {
    const { position } = this.#camera;
    position.applyAxisAngle(up, across);
    const side = new Vector3().crossVectors(up, position).normalize();
    const turned = position.clone().applyAxisAngle(side, upward);
    if (turned.angleTo(up) > 0.1 && turned.angleTo(up) < Math.PI - 0.1) position.copy(turned);
    this.#controls.update();
    this.#draw();
  }

  zoom(times: number): void {
    this.#camera.position.multiplyScalar(times);
    this.#controls.update();
    this.#draw();
  }

  dispose(): void {
    cancelAnimationFrame(this.#frame);
    this.#clear();
    this.#controls.dispose();
    this.#sphere.dispose();
    this.#cylinder.dispose();
    this.#renderer.dispose();
  }

  #atom(at: Vector3, { atomicNumbers, colours, labels }: DrawnMolecule, a: number): void {
    const z = atomicNumbers[a]!;
    const material = new MeshLambertMaterial({ color: colours?.[a] ?? elementColour(z) });
    const ball = new Mesh(this.#sphere, material);
    ball.position.copy(at);
    ball.scale.setScalar(elementRadius(z));
    this.#molecule.add(ball);
    const label = labels?.[a];
    if (label) this.#molecule.add(labelAt(at, label));
  }

  /** Double and triple bonds as that many sticks, an aromatic one as a thick and a thin one. */
  #bond(
    points: readonly Vector3[],
    [i, j, order]: DrawnMolecule['bonds'][number],
    molecule: DrawnMolecule,
  ): void {
    const [from, to] = [points[i]!, points[j]!];
    const along = to.clone().sub(from);
    const length = along.length();
    const side = new Vector3().crossVectors(
      along,
      Math.abs(along.y) < 0.9 * length ? up : new Vector3(1, 0, 0),
    );
    side.setLength(0.13);
    const sticks = order === 4 ? 2 : Math.min(3, Math.max(1, order));
    for (let s = 0; s < sticks; s++) {
      const radius = sticks === 1 ? 0.1 : order === 4 && s === 1 ? 0.035 : 0.065;
      const material = new MeshLambertMaterial({
        color: molecule.colours ? '#b9bfc2' : '#9aa3a8',
      });
      const stick = new Mesh(this.#cylinder, material);
      stick.scale.set(radius, length, radius);
      stick.quaternion.copy(new Quaternion().setFromUnitVectors(up, along.clone().normalize()));
      stick.position
        .copy(from)
        .add(to)
        .multiplyScalar(0.5)
        .addScaledVector(side, s - (sticks - 1) / 2);
      this.#molecule.add(stick);
    }
  }

  #draw(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(() => this.#renderer.render(this.#scene, this.#camera));
  }

  #clear(): void {
    this.#scene.remove(this.#molecule);
    for (const part of this.#molecule.children) {
      const { material } = part as Mesh<SphereGeometry, MeshLambertMaterial> | Sprite;
      material.map?.dispose();
      material.dispose();
    }
    this.#molecule = new Group();
    this.#scene.add(this.#molecule);
  }
}

function labelAt(at: Vector3, text: string): Sprite {
  const canvas = document.createElement('canvas');
  canvas.width = 128;
  canvas.height = 64;
  const pen = canvas.getContext('2d');
  if (pen) {
    pen.font = `600 ${text.length > 3 ? 38 : 42}px Inter, system-ui, sans-serif`;
    pen.textAlign = 'center';
    pen.textBaseline = 'middle';
    pen.lineWidth = 7;
    pen.strokeStyle = 'rgba(255,255,255,.85)';
    pen.strokeText(text, 64, 32);
    pen.fillStyle = '#14181b';
    pen.fillText(text, 64, 32);
  }
  const label = new Sprite(new SpriteMaterial({ map: new CanvasTexture(canvas), depthTest: false }));
  label.position.copy(at);
  label.scale.set(1.1, 0.55, 1);
  return label;
}
