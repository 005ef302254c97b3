/** Something that counts energy. One file a source. */
export interface EnergySource {
  /** What it counts, by a name of its own among all machines. */
  readonly name: string;
  /** Joules so far, from an arbitrary beginning; NaN where it cannot be read now. */
  read(): number;
  close(): void;
}
