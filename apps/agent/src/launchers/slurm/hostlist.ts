/** More names than any cluster has nodes: what claims so many is not expanded further. */
const most = 100_000;

/**
 * The names a Slurm host list stands for: "n[1-3,7],login" -> n1 n2 n3 n7 login; "rack[0-1]n[01-02]" -> four, zeros
 * kept. What is no host list stands for itself.
 */
export function expandHostlist(list: string): string[] {
  const found: string[] = [];
  for (const entry of topLevelParts(list)) {
    found.push(...expandOne(entry, most - found.length));
    if (found.length >= most) break;
  }
  return found;
}

/** Parts between commas that are in no bracket. */
function topLevelParts(list: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let begin = 0;
  for (let i = 0; i <= list.length; i++) {
    const c = list[i];
    if (c === '[') depth++;
    else if (c === ']') depth = Math.max(0, depth - 1);
    else if (c === undefined || (c === ',' && depth === 0)) {
      const part = list.slice(begin, i).trim();
      if (part !== '') parts.push(part);
      begin = i + 1;
    }
  }
  return parts;
}

function expandOne(entry: string, room: number): string[] {
  const bracket = /^([^[\]]*)\[([0-9,-]+)\](.*)$/s.exec(entry);
  if (bracket === null) return [entry];
  const [, before, ranges, after] = bracket as unknown as [string, string, string, string];
  const tails = expandOne(after, room);
  const found: string[] = [];
  for (const range of ranges.split(',')) {
    const told = /^(\d{1,9})(?:-(\d{1,9}))?$/.exec(range);
    if (told === null) return [entry];
    const width = told[1]!.length;
    const last = Number(told[2] ?? told[1]);
    for (let i = Number(told[1]); i <= last && found.length < room; i++) {
      for (const tail of tails) found.push(`${before}${String(i).padStart(width, '0')}${tail}`);
    }
  }
  return found;
}
