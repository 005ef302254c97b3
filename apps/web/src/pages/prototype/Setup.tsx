import { type DatasetCard, mostMoleculesForPage } from '@litmatter/protocol';
import { memo } from 'react';
import { Panel } from '../../parts/Panel.tsx';
import { integer } from '../../words/format.ts';
import { DataFields, datasetOf } from '../design/DataFields.tsx';
import { ModelCard } from '../design/ModelCard.tsx';
import { formatModel } from '../design/models.ts';
import { PlainField } from '../design/PlainField.tsx';
import type { Designing } from '../design/useDesign.ts';
import { DropFiles } from './DropFiles.tsx';
import styles from './Prototype.module.css';

const backends = [
  { value: 'auto', label: 'The fastest' },
  { value: 'webgpu', label: 'WebGPU' },
  { value: 'wasm', label: 'WebAssembly' },
  { value: 'cpu', label: 'JavaScript' },
];

/** Model, molecules, and how to train: the Design page's own fields. */
export const Setup = memo(function Setup({ design }: { readonly design: Designing }) {
  const { draft, catalogue, errors, change } = design;
  const [model] = draft.models;
  const beyond = tooMany(datasetOf(design), draft.texts.limit);
  return (
    <form className={styles.setup} onSubmit={(event) => event.preventDefault()}>
      <Panel title="Model">
        {model && (
          <ModelCard
            index={0}
            model={model}
            catalogue={catalogue}
            errors={errors}
            change={(next) => change({ model: [formatModel(next)] })}
          />
        )}
      </Panel>
      <Panel title="Molecules">
        <DataFields design={design} className={styles.fields} wide={styles.wide} />
        {beyond && <p className={styles.note}>{beyond}</p>}
        <DropFiles change={design.change} />
      </Panel>
      <Panel title="Training">
        <div className={styles.fields}>
          <PlainField design={design} name="batch" />
          <PlainField design={design} name="rate" />
          <PlainField design={design} name="loss" />
          <PlainField design={design} name="seed" />
          <PlainField design={design} name="normalise" />
          <PlainField design={design} name="backend" choices={backends} />
        </div>
      </Panel>
    </form>
  );
});

/** In words, where more molecules are asked for than a hub gives a page. */
function tooMany(data: DatasetCard | undefined, limit: string): string | undefined {
  if (!data?.molecules || data.name === 'bundled' || data.name === 'dropped') return undefined;
  const wanted = Math.min(data.molecules, Number(limit) || data.molecules);
  if (wanted <= mostMoleculesForPage) return undefined;
  return `A browser is given ${integer(mostMoleculesForPage)} molecules at most: set “Molecules at most” to that or fewer here, and train on all of them on the cluster.`;
}
