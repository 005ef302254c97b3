import { expect, test } from 'vitest';
import { hasLibrary, lackOfAdapter } from '../../../src/backend/webgpu/lacking.ts';

test.skipIf(process.platform !== 'linux')(
  'a library of the system is found, and one that is none is not',
  () => {
    expect(hasLibrary('libc.so.6')).toBe(true);
    expect(hasLibrary('libnowhere.so.1')).toBe(false);
  },
);

test('where no adapter answers, the likeliest cause and its mend are told', () => {
  const { detail, mend } = lackOfAdapter([], {}, 'linux');
  expect(`${detail} ${mend}`).toMatch(/libvulkan1|mesa-vulkan-drivers/);
  expect(lackOfAdapter([], {}, 'darwin').detail).toMatch(/no graphics adapter/);
  const asked = lackOfAdapter([{ name: 'Tesla V100', software: false }], {
    LITMATTER_WEBGPU_ADAPTER: 'A100',
  });
  expect(asked.detail).toMatch(/"A100" in its name.*there is Tesla V100\.$/);
  expect(asked.mend).toBe('unset LITMATTER_WEBGPU_ADAPTER');
});
