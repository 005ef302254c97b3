import { ringStaircase, treeStaircase } from './communication.ts';
import { extraP } from './extraP.ts';
import type { Law } from './law.ts';
import { offsetPower } from './offsetPower.ts';
import { overhead } from './overhead.ts';
import { power } from './power.ts';
import { staircase } from './staircase.ts';
import { usl } from './usl.ts';

/** Every law that is fitted, simplest first: the order of tables, and the first is what is shown before a choice. */
export const laws: readonly Law[] = [
  power,
  overhead,
  staircase,
  treeStaircase,
  ringStaircase,
  offsetPower,
  usl,
  extraP,
];
