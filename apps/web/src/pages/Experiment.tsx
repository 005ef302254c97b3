export function Experiment() {
  return null;
}
