export * from './catalogue.ts';
export * from './event.ts';
export * from './ids.ts';
export * from './plan.ts';
export * from './problem.ts';
export * from './sockets.ts';
export * from './spec.ts';
export * from './view.ts';
