import { useCallback } from 'react';
import { Loading, Page, PageHeader } from '../parts/Page.tsx';
import { Panel } from '../parts/Panel.tsx';
import { significant } from '../words/format.ts';
import { Bridge } from './prototype/Bridge.tsx';
import { Computes } from './prototype/Computes.tsx';
import { Controls } from './prototype/Controls.tsx';
import { LossChart, recent } from './prototype/LossChart.tsx';
import { MoleculePanel, PreviewMolecule } from './prototype/MoleculePanel.tsx';
import { ParityNote } from './prototype/ParityNote.tsx';
import { ParityPlot } from './prototype/ParityPlot.tsx';
import { Predictions } from './prototype/Predictions.tsx';
import styles from './prototype/Prototype.module.css';
import { Setup } from './prototype/Setup.tsx';
import { SizeErrors } from './prototype/SizeErrors.tsx';
import { TroubleNote } from './prototype/TroubleNote.tsx';
import { type Prototyping, usePrototype } from './prototype/usePrototype.ts';

/** Train a real model in this browser and look at what it learns. All of it is in the address. */
export function Prototype() {
  const page = usePrototype();
  const { design, view } = page;
  return (
    <Page>
      <PageHeader title="Prototype" actions={<Bridge page={page} />} />
      <div className={styles.columns}>
        {design ? (
          <Setup design={design} />
        ) : (
          <Loading>{view.trouble ? '' : 'Loading the models and molecules …'}</Loading>
        )}
        <div className={styles.bench}>
          <Controls page={page} />
          <TroubleNote page={page} />
          <ParityNote page={page} />
          <Computes view={view} />
          <Results page={page} />
        </div>
      </div>
    </Page>
  );
}

function Results({ page }: { readonly page: Prototyping }) {
  const { view, change } = page;
  const { ready, score, molecule, trainLoss, validationLoss } = view;
  const choose = useCallback(
    (place: number) => change({ by: undefined, molecule: place || undefined }),
    [change],
  );
  if (!ready) return <Invitation page={page} />;
  const { unit, title } = ready.target;
  const loss = recent(trainLoss);
  return (
    <div className={styles.results}>
      <div className={styles.column}>
        <Panel
          title="Loss"
          tools={
            <span className={styles.figure}>{loss === undefined ? '' : `train ${significant(loss)}`}</span>
          }
        >
          <LossChart train={trainLoss} validation={validationLoss} />
        </Panel>
        {molecule && <MoleculePanel page={page} molecule={molecule} unit={unit} />}
      </div>
      <div className={styles.column}>
        <Panel
          title={title}
          tools={
            <span className={styles.figure}>
              {score?.mae != null && (
                <>
                  validation MAE <b>{significant(score.mae)}</b> {unit}
                </>
              )}
            </span>
          }
        >
          {score && score.truth.length > 0 ? (
            <ParityPlot
              score={score}
              unit={unit}
              shown={molecule?.from === 'validation' ? molecule.place : undefined}
              choose={choose}
            />
          ) : (
            <p className={styles.none}>
              {ready.validation === 0
                ? 'No molecule is left for validation: take more molecules.'
                : 'Being scored …'}
            </p>
          )}
        </Panel>
        {score && score.truth.length > 0 && (
          <Panel title="Error by size of molecule">
            <SizeErrors score={score} unit={unit} />
          </Panel>
        )}
        <Predictions page={page} />
      </div>
    </div>
  );
}

/** What to do next, before anything was done. */
function Invitation({ page }: { readonly page: Prototyping }) {
  const { phase, doing, preview } = page.view;
  return (
    <section className={styles.invitation}>
      {preview && <PreviewMolecule preview={preview} />}
      {phase === 'preparing' ? (
        <p>{doing?.words} …</p>
      ) : (
        <p>
          Press <b>Start</b>: a real graph neural network learns here, on this device, by the code that trains
          on the cluster. Nothing leaves this browser unless you send it.
        </p>
      )}
    </section>
  );
}
