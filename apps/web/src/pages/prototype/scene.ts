import { elementColour } from './palette.ts';
import {
  asItLies,
  type Body,
  bestTurn,
  bodyOf,
  type DrawnMolecule,
  type Shape,
  shapesOf,
  type Turn,
  turned,
} from './projection.ts';

export type { DrawnMolecule } from './projection.ts';

/** Pixels of a ball's picture, made once for each colour. */
const ballPixels = 128;

/**
 * A molecule in balls and sticks on a canvas: dragging turns it, wheel and two fingers zoom. It is drawn with the 2D pen,
 * which needs no shaders and no library: a molecule of fifty atoms takes about a millisecond, and only when
 * something has changed, so that it never holds up a page beside a training.
 */
export class MoleculeScene {
  readonly #canvas: HTMLCanvasElement;
  readonly #pen: CanvasRenderingContext2D;
  readonly #balls = new Map<string, HTMLCanvasElement>();
  readonly #listening = new AbortController();
  readonly #pointers = new Map<number, { x: number; y: number }>();
  #body: Body | undefined;
  #turn: Turn = asItLies;
  #near = 1;
  #shown = '';
  #frame = 0;

  /** @throws Error where the browser draws nothing */
  constructor(canvas: HTMLCanvasElement) {
    const pen = canvas.getContext('2d');
    if (!pen) throw new Error('this browser draws nothing on a canvas');
    this.#canvas = canvas;
    this.#pen = pen;
    this.#listen();
  }

  /** In CSS pixels. */
  resize(width: number, height: number): void {
    const fine = Math.min(devicePixelRatio || 1, 2);
    this.#canvas.width = Math.max(1, Math.round(width * fine));
    this.#canvas.height = Math.max(1, Math.round(height * fine));
    this.#draw();
  }

  /** @param id - another one turns the view back to where the whole molecule is seen */
  show(id: string, molecule: DrawnMolecule): void {
    this.#body = bodyOf(molecule);
    if (this.#shown !== id) {
      this.#shown = id;
      this.#turn = bestTurn(this.#body);
      this.#near = 1;
    }
    this.#draw();
  }

  /** Radians about the vertical and the horizontal. */
  turn(across: number, upward: number): void {
    this.#turn = turned(this.#turn, across, upward);
    this.#draw();
  }

  zoom(times: number): void {
    this.#near = Math.min(3, Math.max(0.25, this.#near * times));
    this.#draw();
  }

  dispose(): void {
    cancelAnimationFrame(this.#frame);
    this.#listening.abort();
  }

  #listen(): void {
    const { signal } = this.#listening;
    const canvas = this.#canvas;
    const release = ({ pointerId }: PointerEvent) => this.#pointers.delete(pointerId);
    canvas.addEventListener(
      'pointerdown',
      ({ pointerId, clientX, clientY }) => {
        canvas.setPointerCapture(pointerId);
        this.#pointers.set(pointerId, { x: clientX, y: clientY });
      },
      { signal },
    );
    canvas.addEventListener('pointermove', (event) => this.#move(event), { signal });
    canvas.addEventListener('pointerup', release, { signal });
    canvas.addEventListener('pointercancel', release, { signal });
    canvas.addEventListener(
      'wheel',
      (event) => {
        event.preventDefault();
        this.zoom(1.0012 ** event.deltaY);
      },
      { signal, passive: false },
    );
  }

  /** One pointer turns; of two, what they come nearer or go apart zooms. */
  #move({ pointerId, clientX: x, clientY: y }: PointerEvent): void {
    const before = this.#pointers.get(pointerId);
    if (!before) return;
    this.#pointers.set(pointerId, { x, y });
    const other = [...this.#pointers].find(([id]) => id !== pointerId)?.[1];
    if (!other) this.turn(0.009 * (x - before.x), 0.009 * (y - before.y));
    else {
      const apart = (at: { x: number; y: number }) => Math.hypot(at.x - other.x, at.y - other.y);
      this.zoom(apart(before) / Math.max(1, apart({ x, y })));
    }
  }

  #draw(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(() => this.#paint());
  }

  #paint(): void {
    const pen = this.#pen;
    const { width, height } = this.#canvas;
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.clearRect(0, 0, width, height);
    if (!this.#body) return;
    const { molecule } = this.#body;
    const unit = Math.min(width, height) / 2;
    const place = ([x, y]: readonly [number, number]): [number, number] => [
      width / 2 + x * unit,
      height / 2 - y * unit,
    ];
    pen.lineCap = 'round';
    const balls: { x: number; y: number; radius: number; label: string | undefined }[] = [];
    for (const shape of shapesOf(this.#body, this.#turn, this.#near)) {
      if (shape.kind === 'stick') this.#stick(shape, place, unit);
      else {
        const [x, y] = place(shape.at);
        const radius = shape.radius * unit;
        const colour = molecule.colours?.[shape.atom] ?? elementColour(molecule.atomicNumbers[shape.atom]!);
        pen.drawImage(this.#ball(colour), x - radius, y - radius, 2 * radius, 2 * radius);
        balls.push({ x, y, radius, label: molecule.labels?.[shape.atom] });
      }
    }
    // Over the sticks, which would make a C of an O; an atom behind another keeps silent.
    for (const [index, { x, y, radius, label }] of balls.entries()) {
      const hidden = balls
        .slice(index + 1)
        .some((nearer) => Math.hypot(nearer.x - x, nearer.y - y) < nearer.radius);
      if (label && !hidden) this.#label(label, x, y, radius);
    }
  }

  /** A dark line with a lighter one upon it: a rod with the light from above. */
  #stick(
    { from, to, radius }: Extract<Shape, { kind: 'stick' }>,
    place: (at: readonly [number, number]) => [number, number],
    unit: number,
  ): void {
    const pen = this.#pen;
    const [start, end] = [place(from), place(to)];
    const thick = radius * unit;
    for (const [colour, width, lift] of [
      ['#6f7880', 2, 0],
      ['#9aa3a8', 1.5, 0.12],
      ['#bcc4c8', 0.7, 0.32],
    ] as const) {
      pen.strokeStyle = colour;
      pen.lineWidth = width * thick;
      pen.beginPath();
      pen.moveTo(start[0], start[1] - lift * thick);
      pen.lineTo(end[0], end[1] - lift * thick);
      pen.stroke();
    }
  }

  #label(text: string, x: number, y: number, radius: number): void {
    const pen = this.#pen;
    const size = Math.max(text.length > 2 ? 0.72 * radius : 0.95 * radius, 11 * (devicePixelRatio || 1));
    pen.font = `600 ${size}px Inter Variable, Inter, system-ui, sans-serif`;
    pen.textAlign = 'center';
    pen.textBaseline = 'middle';
    pen.lineWidth = size / 5;
    pen.lineJoin = 'round';
    pen.strokeStyle = 'rgba(255,255,255,.82)';
    pen.strokeText(text, x, y);
    pen.fillStyle = '#14181b';
    pen.fillText(text, x, y);
  }

  /** A ball lit from the upper left. */
  #ball(colour: string): HTMLCanvasElement {
    const before = this.#balls.get(colour);
    if (before) return before;
    const ball = document.createElement('canvas');
    ball.width = ballPixels;
    ball.height = ballPixels;
    const pen = ball.getContext('2d');
    if (pen) {
      const half = ballPixels / 2;
      pen.beginPath();
      pen.arc(half, half, half - 1, 0, 2 * Math.PI);
      pen.fillStyle = colour;
      pen.fill();
      pen.clip();
      const light = pen.createRadialGradient(0.72 * half, 0.62 * half, 0, half, half, 1.08 * half);
      light.addColorStop(0, 'rgba(255,255,255,.62)');
      light.addColorStop(0.28, 'rgba(255,255,255,.2)');
      light.addColorStop(0.55, 'rgba(0,0,0,0)');
      light.addColorStop(0.85, 'rgba(0,0,0,.22)');
      light.addColorStop(1, 'rgba(0,0,0,.46)');
      pen.fillStyle = light;
      pen.fillRect(0, 0, ballPixels, ballPixels);
    }
    this.#balls.set(colour, ball);
    return ball;
  }
}
