export * from './batch.ts';
export * from './builder.ts';
export * from './collate.ts';
export * from './elements.ts';
export * from './neighbours.ts';
export * from './set.ts';
