import { Button } from '@mantine/core';
import { IconDownload, IconServer, IconUpload } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useRef } from 'react';
import { prototype } from '../../prototype/start.ts';
import styles from './Prototype.module.css';
import { designOf } from './to-design.ts';
import type { Prototyping } from './usePrototype.ts';

/** To the cluster and back: the same settings on the Design page, and weights as safetensors. */
export function Bridge({ page }: { readonly page: Prototyping }) {
  const { view, job, search } = page;
  const input = useRef<HTMLInputElement>(null);
  const dropped = job?.dataset.name === 'dropped';
  const live = view.ready !== undefined && view.phase !== 'broken';
  return (
    <div className={styles.bridge}>
      {!dropped && (
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
        disabled={!live}
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
        onChange={async (event) => {
          const [file] = event.currentTarget.files ?? [];
          event.currentTarget.value = '';
          if (file) prototype.loadWeights(file.name, new Uint8Array(await file.arrayBuffer()));
        }}
      />
    </div>
  );
}

function save(bytes: Uint8Array<ArrayBuffer>, name: string): void {
  const address = URL.createObjectURL(new Blob([bytes]));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 1_000);
}
