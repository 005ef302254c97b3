type TypedArray =
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array;

function isTypedArray(value: unknown): value is TypedArray {
  return ArrayBuffer.isView(value) && !(value instanceof DataView);
}

/**
 * A copy of plain data whose typed arrays lie in shared memory: posted to any number of threads, it is there once.
 * Threads must only read it.
 */
export function share<T>(value: T): T {
  if (isTypedArray(value)) {
    const shared = new SharedArrayBuffer(value.byteLength);
    const Kind = value.constructor as new (buffer: SharedArrayBuffer) => TypedArray;
    const copy = new Kind(shared);
    copy.set(value);
    return copy as T;
  }
  if (Array.isArray(value)) return value.map(share) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, share(item)])) as T;
}
