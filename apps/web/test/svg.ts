/**
 * The first chart in a container as a text that two runs spell alike: class names without their build's hash, numbers
 * without the digits in which machines differ.
 */
export function svgOf(container: Element): string {
  const svg = container.querySelector('svg.recharts-surface');
  if (!svg) throw new Error('There is no chart here.');
  return `${svg.outerHTML
    .replace(/\b_(\w+?)_[0-9a-z]+_\d+\b/g, '$1')
    .replace(/recharts\d+-clip|recharts-[a-z]+-:[a-z0-9]+:|:[a-z0-9]+:/g, 'id')
    .replace(/\d+\.\d{3,}/g, (number) => Number(number).toFixed(1))
    .replaceAll('><', '>\n<')}\n`;
}
