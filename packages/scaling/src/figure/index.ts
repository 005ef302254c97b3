export * from './scaling.ts';
export * from './svg.ts';
