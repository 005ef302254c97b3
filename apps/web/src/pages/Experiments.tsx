import { Button } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useDeferredValue, useMemo } from 'react';
import { Notice } from '../app/Notice.tsx';
import { Trouble } from '../app/Trouble.tsx';
import { Loading, Page, PageCount, PageHeader } from '../parts/Page.tsx';
import { TextButton } from '../parts/TextButton.tsx';
import { useExperiments } from '../state/list.ts';
import { useNow } from '../state/now.ts';
import { counted, integer } from '../words/format.ts';
import { chosen } from './experiments/choose.ts';
import styles from './experiments/Experiments.module.css';
import { Filters } from './experiments/Filters.tsx';
import { PickedBar } from './experiments/PickedBar.tsx';
import { type ExperimentsSearch, idsOf, listOf } from './experiments/search.ts';
import { Table } from './experiments/Table.tsx';

const route = getRouteApi('/experiments');

/** Every experiment of this hub, live: search, filter, sort, tick to compare. */
export function Experiments() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { data: all, error, refetch } = useExperiments();
  const now = useNow(15_000);
  const asked = useDeferredValue(search);
  const rows = useMemo(() => chosen(all ?? [], asked), [all, asked]);
  const picked = useMemo(() => {
    const known = new Set(all?.map((one) => one.id));
    return new Set(idsOf(search.pick).filter((id) => known.has(id)));
  }, [search.pick, all]);

  const change = (part: Partial<ExperimentsSearch>) =>
    void navigate({ search: (before) => ({ ...before, ...part }), replace: true, resetScroll: false });
  const pick = (ids: readonly string[], on: boolean) =>
    void navigate({
      search: (before) => {
        const next = new Set(idsOf(before.pick));
        for (const id of ids) on ? next.add(id) : next.delete(id);
        return { ...before, pick: listOf([...next]) };
      },
      replace: true,
      resetScroll: false,
    });

  if (!all) {
    if (error) return <Trouble error={error} reset={() => void refetch()} />;
    return <Loading>Loading experiments …</Loading>;
  }
  if (all.length === 0) return <Empty />;
  return (
    <Page>
      <PageHeader
        title="Experiments"
        beside={
          <PageCount>
            {rows.length === all.length
              ? counted(all.length, 'experiment')
              : `${integer(rows.length)} of ${integer(all.length)}`}
          </PageCount>
        }
        actions={
          <Button component={Link} to="/design" leftSection={<IconPlus size={15} />}>
            New experiment
          </Button>
        }
      />
      <Filters all={all} search={search} change={change} />
      {rows.length > 0 ? (
        <Table rows={rows} search={search} change={change} picked={picked} pick={pick} now={now} />
      ) : (
        <p className={styles.nothing}>
          No experiment matches.{' '}
          <TextButton
            accent
            onClick={() => change({ q: undefined, state: undefined, model: undefined, data: undefined })}
          >
            Clear the search and filters
          </TextButton>
        </p>
      )}
      {picked.size > 0 && (
        <PickedBar
          picked={all.filter((one) => picked.has(one.id))}
          clear={() => change({ pick: undefined })}
        />
      )}
    </Page>
  );
}

function Empty() {
  return (
    <Notice
      title="No experiments yet"
      actions={
        <>
          <Button component={Link} to="/design" size="sm" leftSection={<IconPlus size={16} />}>
            Design the first experiment
          </Button>
          <Button component={Link} to="/demo" size="sm" variant="default">
            Look at the paper’s
          </Button>
        </>
      }
    >
      <Sketch />
      <p>
        An experiment trains a model on the same data with one, two, four or more devices, and shows how the
        seconds per epoch fall: where they stop falling is where more devices stop paying off.
      </p>
      <p>
        A small SchNet on the bundled molecules takes about a minute on a laptop. From the command line:{' '}
        <code>npx litmatter submit SPEC.yaml</code>.
      </p>
    </Notice>
  );
}

/** What an experiment comes to, without numbers: the points leave the ideal line. */
function Sketch() {
  const points = [
    [24, 22],
    [92, 58],
    [160, 90],
    [228, 113],
    [296, 126],
    [364, 132],
  ] as const;
  return (
    <svg className={styles.sketch} viewBox="0 0 420 172" aria-hidden="true">
      <path d="M10 6v144h400" className={styles.sketchAxis} />
      <path d="M24 22 268 150" className={styles.sketchIdeal} />
      <path d={`M${points.map((point) => point.join(' ')).join('L')}`} className={styles.sketchLine} />
      {points.map(([x, y]) => (
        <circle key={x} cx={x} cy={y} r="5" className={styles.sketchPoint} />
      ))}
      <text x="410" y="166" textAnchor="end">
        devices
      </text>
      <text x="40" y="16">
        seconds per epoch
      </text>
    </svg>
  );
}
