export * from './analyse.ts';
export * from './choose.ts';
export * from './curve.ts';
export * from './laws/law.ts';
export { laws } from './laws/registry.ts';
export * from './points.ts';
