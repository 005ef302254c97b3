import {
  grad,
  memory,
  mul,
  type Scalar,
  sum,
  type Tensor,
  type Tensor1D,
  tensor1d,
  tensor2d,
  tidy,
} from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../../src/backend/node.ts';
import { linear } from '../../src/layers.ts';
import type { ParameterViews } from '../../src/model.ts';
import { plus } from '../../src/ops/plus.ts';
import { recomputed } from '../../src/ops/recompute.ts';
import { LayoutBuilder } from '../../src/parameters/layout.ts';
import { views } from '../../src/parameters/views.ts';
import { goldenParameters } from '../../src/parity.ts';
import { isAvailable, nodeBackends } from '../support/backends.ts';
import { expectClose, expectGradients, numbers } from '../support/gradients.ts';

const width = 6;
const depth = 4;
const builder = new LayoutBuilder();
for (let k = 0; k < depth; k++) builder.torchLinear(`layer${k}`, width, width);
const layout = builder.build();
const flat = goldenParameters(layout);
const x = tensor2dOf(3);

function tensor2dOf(rows: number) {
  return numbers([rows, width], 1).values;
}

type Wrap = (p: ParameterViews, x: Tensor, body: (p: ParameterViews, x: Tensor) => Tensor) => Tensor;
const plainly: Wrap = (p, input, body) => body(p, input);
const twice: Wrap = (p, input, body) => recomputed(p, [input], body);

/** Some layers with a skip connection each, and the gradient of what comes out in all parameters. */
function gradient(wrap: Wrap): Float32Array {
  return tidy(() => {
    const loss = (vector: Tensor): Scalar => {
      const p = views(vector as Tensor1D, layout);
      let h: Tensor = tensor2d(x, [3, width]);
      for (let k = 0; k < depth; k++) {
        const own = Object.fromEntries(Object.entries(p).filter(([name]) => name.startsWith(`layer${k}.`)));
        h = wrap(own, h, (q, input) =>
          plus(input, linear(q, `layer${k}`, input as never, { activation: 'swish' }) as Tensor),
        );
      }
      return sum(mul(h, h)) as Scalar;
    };
    return grad(loss)(tensor1d(flat)).dataSync<'float32'>();
  }).slice();
}

describe.each(nodeBackends)('a part computed again for its gradient on %s', (backend) => {
  const works = it.skipIf(!isAvailable(backend));
  beforeAll(async () => {
    if (isAvailable(backend)) await startBackend(backend);
  });

  works('has the gradient of one whose steps are kept', () => {
    expectClose(gradient(twice), gradient(plainly), 1e-6);
  });

  works('leaves nothing on the backend', () => {
    gradient(twice);
    const before = memory().numTensors;
    gradient(twice);
    gradient(plainly);
    expect(memory().numTensors).toBe(before);
  });

  works('may hold another', () => {
    const nested: Wrap = (p, input, body) => twice(p, input, (q, inner) => twice(q, inner, body));
    expectClose(gradient(nested), gradient(plainly), 1e-6);
  });
});

describe('a sum of two', () => {
  beforeAll(() => startBackend('wasm'));

  it('has slopes for gradients, of one tensor twice as well', () => {
    expectGradients((a, b) => plus(a, b), [numbers([2, 3], 1), numbers([2, 3], 2)]);
    expectGradients((a) => plus(a, plus(a, a)), [numbers([2, 3], 1)]);
  });
});
