export * from './collective/collective.ts';
