export * from './cache.ts';
export * from './dataFolder.ts';
export * from './imported.ts';
export * from './importMolecules.ts';
export * from './importQm9.ts';
export * from './removeDataset.ts';
