/**
 * How the address bar spells what a page shows. Every value is text, as in any URL; lists are repeated keys or
 * comma-joined by the page's own schema. (The router's own codec writes JSON, which reads badly in a shared link.)
 */
export function parseSearch(text: string): Record<string, string | string[]> {
  const found = new Map<string, string | string[]>();
  for (const [key, value] of new URLSearchParams(text)) {
    const before = found.get(key);
    found.set(key, before === undefined ? value : [before, value].flat());
  }
  return Object.fromEntries(found);
}

/** Keys in the order given; undefined, null and empty values are left out. Characters that need no escape get none. */
export function stringifySearch(search: Record<string, unknown>): string {
  const parts: string[] = [];
  for (const [key, value] of Object.entries(search)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one === undefined || one === null || one === '') continue;
      parts.push(`${encode(key)}=${encode(String(one))}`);
    }
  }
  return parts.length > 0 ? `?${parts.join('&')}` : '';
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(/%(2C|3A|2F|40|20)/g, (escaped, code: string) =>
    code === '20' ? '+' : decodeURIComponent(escaped),
  );
}
