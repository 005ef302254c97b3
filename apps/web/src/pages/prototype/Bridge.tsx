import { Button } from '@mantine/core';
import { IconArrowsDiff, IconCopy, IconDownload, IconServer, IconUpload } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import { prototype } from '../../prototype/start.ts';
import { addressOf } from '../../state/api.ts';
import { withHub } from '../../state/base.ts';
import { copyText } from '../../state/clipboard.ts';
import { designOf } from './to-design.ts';
import type { Prototyping } from './usePrototype.ts';

/** To the cluster and back: the same settings on the Design page, weights as safetensors, the same batch computed there. */
export function Bridge({ page }: { readonly page: Prototyping }) {
  const { view, job, search, design } = page;
  const input = useRef<HTMLInputElement>(null);
  const dropped = job?.dataset.name === 'dropped';
  const live = view.ready !== undefined && view.phase !== 'broken';
  return (
    <>
      {!dropped && withHub() && (
        <Button
          variant="default"
          leftSection={<IconServer size={15} />}
          component={Link}
          to="/design"
          search={designOf(search) as never}
        >
          Send to cluster
        </Button>
      )}
      {!dropped && !withHub() && design?.spec && <CopySpec spec={design.spec} />}
      {withHub() && (
        <Button
          variant="default"
          leftSection={<IconArrowsDiff size={15} />}
          disabled={!live}
          title="Compute one batch here and on the hub, and compare"
          onClick={() => prototype.compare(addressOf('parity'))}
        >
          Check parity
        </Button>
      )}
      <Button
        variant="default"
        leftSection={<IconDownload size={15} />}
        disabled={!live}
        onClick={async () => save(await prototype.weights(), `${job?.model.name ?? 'model'}.safetensors`)}
      >
        Save weights
      </Button>
      <Button
        variant="default"
        leftSection={<IconUpload size={15} />}
        disabled={!job || view.phase === 'broken' || view.phase === 'preparing'}
        onClick={() => input.current?.click()}
      >
        Load weights
      </Button>
      <input
        ref={input}
        type="file"
        hidden
        accept=".safetensors"
        aria-label="Weights as safetensors"
        onChange={(event) => {
          const [file] = event.currentTarget.files ?? [];
          event.currentTarget.value = '';
          if (file && job) {
            const coming = file.arrayBuffer().then((bytes) => new Uint8Array(bytes));
            void prototype.open(job, file.name, coming);
          }
        }}
      />
    </>
  );
}

type Spec = NonNullable<NonNullable<Prototyping['design']>['spec']>;

/** Where no hub serves the page: the settings, to be launched from somewhere else. */
function CopySpec({ spec }: { readonly spec: Spec }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    const { asYaml } = await import('../design/spec-text.ts');
    setCopied(await copyText(asYaml(spec)));
    setTimeout(() => setCopied(false), 2_000);
  };
  return (
    <Button
      variant="default"
      leftSection={<IconCopy size={15} />}
      title="No hub serves this page, so it cannot launch anything: take the settings to one"
      onClick={() => void copy()}
    >
      <span aria-live="polite">{copied ? 'Copied' : 'Copy for the cluster'}</span>
    </Button>
  );
}

export function save(content: Uint8Array<ArrayBuffer> | string, name: string): void {
  const address = URL.createObjectURL(new Blob([content]));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 1_000);
}
