export * from './cache.ts';
export * from './dataFolder.ts';
export * from './importQm9.ts';
