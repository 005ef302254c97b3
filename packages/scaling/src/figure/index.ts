export * from './loss.ts';
export * from './scaling.ts';
export * from './svg.ts';
