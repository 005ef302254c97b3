import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import styles from './Results.module.css';
import { type DrawnMolecule, MoleculeScene } from './scene.ts';

interface ViewerProps {
  readonly id: string;
  readonly molecule: DrawnMolecule;
  /** The molecule in words, for who does not see it. */
  readonly words: string;
}

/** A molecule to turn and zoom, by pointer or by arrow keys, + and -. */
export function Viewer({ id, molecule, words }: ViewerProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const scene = useRef<MoleculeScene>(undefined);
  const [lacking, setLacking] = useState(false);
  useEffect(() => {
    const element = canvas.current!;
    let made: MoleculeScene;
    try {
      made = new MoleculeScene(element);
    } catch {
      setLacking(true);
      return;
    }
    scene.current = made;
    const follow = new ResizeObserver(() => made.resize(element.clientWidth, element.clientHeight));
    follow.observe(element);
    return () => {
      follow.disconnect();
      made.dispose();
      scene.current = undefined;
    };
  }, []);
  useEffect(() => scene.current?.show(id, molecule), [id, molecule]);
  const press = (event: KeyboardEvent) => {
    const act = keys[event.key];
    if (!act || !scene.current) return;
    event.preventDefault();
    act(scene.current);
  };
  if (lacking) {
    return (
      <p className={styles.noViewer}>
        This browser draws nothing on a canvas, so molecules cannot be shown. Training is not affected.
      </p>
    );
  }
  return (
    <canvas
      ref={canvas}
      className={styles.viewer}
      tabIndex={0}
      role="img"
      aria-label={`${words}. Arrow keys turn it, plus and minus zoom.`}
      onKeyDown={press}
    />
  );
}

const keys: Readonly<Record<string, (scene: MoleculeScene) => void>> = {
  ArrowLeft: (scene) => scene.turn(-0.2, 0),
  ArrowRight: (scene) => scene.turn(0.2, 0),
  ArrowUp: (scene) => scene.turn(0, -0.2),
  ArrowDown: (scene) => scene.turn(0, 0.2),
  '+': (scene) => scene.zoom(0.9),
  '-': (scene) => scene.zoom(1.1),
};
