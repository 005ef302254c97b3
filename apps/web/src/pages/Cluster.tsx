import type { BatchSystem, Cluster as Described } from '@litmatter/protocol';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { Trouble } from '../app/Trouble.tsx';
import { Fact, Facts } from '../parts/Facts.tsx';
import { Mend } from '../parts/Mend.tsx';
import { Loading, Page, PageHeader, Pair } from '../parts/Page.tsx';
import { useNow } from '../state/now.ts';
import { clusterQuery } from '../state/queries.ts';
import { ago, counted, integer, memory } from '../words/format.ts';
import { ActivePanel } from './cluster/ActivePanel.tsx';
import { BackendsPanel, FindingsPanel, LaunchersPanel } from './cluster/Cards.tsx';
import styles from './cluster/Cluster.module.css';
import { NodesPanel } from './cluster/NodesPanel.tsx';
import { PartitionsPanel } from './cluster/PartitionsPanel.tsx';
import { QueuePanel } from './cluster/QueuePanel.tsx';
import type { ClusterSearch } from './cluster/search.ts';
import { capacityOf, freeOf } from './cluster/summary.ts';

const route = getRouteApi('/cluster');

/** What there is to compute on: the machine, the cluster behind it, its queue, and what is missing. */
export function Cluster() {
  const { data, error, refetch } = useQuery(clusterQuery);
  if (data) return <Shown data={data} silent={error !== null} />;
  if (error) return <Trouble error={error} reset={() => void refetch()} />;
  return <Loading>Looking at this machine and its cluster … A batch system has 10 s to answer.</Loading>;
}

interface ShownProps {
  readonly data: Described;
  /** The hub has not answered the last time it was asked. */
  readonly silent: boolean;
}

function Shown({ data, silent }: ShownProps) {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const now = useNow();
  const { batch, host } = data;
  const change = (part: Partial<ClusterSearch>) =>
    void navigate({ search: (before) => ({ ...before, ...part }), replace: true, resetScroll: false });
  const at = batch?.at ?? (batch === null ? data.at : null);
  return (
    <Page>
      <PageHeader title="Cluster">
        <p className={styles.host}>
          {host.name}: {counted(host.cores, 'core')}, {memory(host.memoryBytes)} of memory, {host.platform}
          {batch && `; ${batch.version}`}
          {at !== null && <span className={styles.age}>read {ago(at, now)}</span>}
        </p>
      </PageHeader>
      {silent && (
        <p className={styles.problem} role="alert">
          The hub does not answer: what follows was read {at === null ? 'earlier' : ago(at, now)}.
        </p>
      )}
      {batch?.problem && (
        <div className={styles.problem} role="alert">
          <p>
            {batch.problem.message}
            {batch.at !== null && ` What follows was read ${ago(batch.at, now)}.`}
          </p>
          {batch.problem.mend && <Mend how={batch.problem.mend} />}
        </div>
      )}
      {batch && <Totals batch={batch} />}
      <ActivePanel active={data.active} />
      {batch && (
        <>
          {batch.at !== null && <QueuePanel batch={batch} search={search} change={change} now={now} />}
          <PartitionsPanel batch={batch} search={search} change={change} />
          {batch.nodes.length > 0 && <NodesPanel batch={batch} search={search} change={change} />}
        </>
      )}
      <Pair>
        <LaunchersPanel launchers={data.launchers} />
        <BackendsPanel backends={data.backends} mpi={data.mpi} />
      </Pair>
      <FindingsPanel findings={data.findings} />
    </Page>
  );
}

function Totals({ batch }: { readonly batch: BatchSystem }) {
  if (batch.at === null) return null;
  const { nodes, open, cpus, gpus, gpuTypes } = capacityOf(batch.nodes);
  return (
    <Facts>
      <Fact label="Nodes free" value={`${integer(open)} of ${integer(nodes)}`} note="wholly or in part" />
      <Fact label="CPUs free" value={freeOf(cpus)} />
      {(gpus.total === null || gpus.total > 0) && (
        <Fact
          label="GPUs free"
          value={freeOf(gpus)}
          note={gpuTypes.map(({ type, total }) => `${integer(total)} ${type}`).join(', ')}
        />
      )}
      <Fact label="Jobs at work" value={integer(batch.counts.running)} />
      <Fact label="Jobs waiting" value={integer(batch.counts.pending)} />
      <Fact label="Jobs of yours" value={integer(batch.counts.mine)} note={batch.user} />
    </Facts>
  );
}
