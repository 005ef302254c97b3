export function bytesModule(): Promise<string>;
