import { expect, it } from 'vitest';
import { held } from '../../src/hub/held.ts';

function looked() {
  let time = 0;
  let looks = 0;
  let settle: ((value?: Error) => void)[] = [];
  const get = held(
    () => {
      const look = ++looks;
      return new Promise<number>((resolve, reject) => {
        settle.push((error) => (error ? reject(error) : resolve(look)));
      });
    },
    { fresh: 10, usable: 40, now: () => time },
  );
  return {
    get,
    looks: () => looks,
    pass: (by: number) => {
      time += by;
    },
    end: (error?: Error) => {
      for (const one of settle) one(error);
      settle = [];
    },
  };
}

it('however many ask at once, one looks', async () => {
  const { get, looks, end } = looked();
  const asked = Array.from({ length: 100 }, () => get());
  end();
  expect(new Set(await Promise.all(asked))).toEqual(new Set([1]));
  expect(looks()).toBe(1);
});

it('what is fresh is not looked at again; what is usable is given at once while it is', async () => {
  const { get, looks, pass, end } = looked();
  const first = get();
  end();
  await first;
  pass(10);
  expect(await get()).toBe(1);
  expect(looks()).toBe(1);
  pass(5);
  // Nobody waits, though nothing has answered yet; and however many ask, one looks.
  expect(await Promise.all([get(), get()])).toEqual([1, 1]);
  expect(looks()).toBe(2);
  end();
  await expect.poll(get).toBe(2);
});

it('what is too old to be shown is waited past', async () => {
  const { get, pass, end } = looked();
  const first = get();
  end();
  await first;
  pass(41);
  const next = get();
  end();
  expect(await next).toBe(2);
});

it('a look that fails is told to who waited for it, and not held', async () => {
  const { get, pass, end } = looked();
  const first = get();
  end(new Error('no answer'));
  await expect(first).rejects.toThrow('no answer');
  const second = get();
  end();
  expect(await second).toBe(2);
  // In the background it is told to nobody, and the old look stands.
  pass(20);
  expect(await get()).toBe(2);
  end(new Error('no answer'));
  expect(await get()).toBe(2);
});
