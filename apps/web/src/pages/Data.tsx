import { useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useEffect } from 'react';
import { Trouble } from '../app/Trouble.tsx';
import { Loading, Page, PageCount, PageHeader } from '../parts/Page.tsx';
import { catalogueQuery, downloadsQuery } from '../state/queries.ts';
import { counted } from '../words/format.ts';
import { Card, Import } from './data/Card.tsx';
import styles from './data/Data.module.css';
import { Inside } from './data/Inside.tsx';
import type { DataSearch } from './data/search.ts';

const route = getRouteApi('/data');

/** What there is to train on: every data set, here or to be had, and a look inside of those that are here. */
export function Data() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { data, error, refetch } = useQuery(catalogueQuery);
  const { data: downloads } = useQuery(downloadsQuery);
  const queries = useQueryClient();
  const arrived = data?.datasets
    .filter(
      (card) => !card.available && downloads?.some(({ name, available }) => available && name === card.name),
    )
    .map(({ name }) => name)
    .join();
  useEffect(() => {
    if (arrived) void queries.invalidateQueries(catalogueQuery);
  }, [arrived, queries]);
  const change = (part: Partial<DataSearch>) =>
    void navigate({ search: (before) => ({ ...before, ...part }), replace: true, resetScroll: false });
  if (!data) {
    if (error) return <Trouble error={error} reset={() => void refetch()} />;
    return <Loading>Loading the data sets …</Loading>;
  }
  const open = data.datasets.find(({ name, available }) => name === search.name && available);
  const here = data.datasets.filter(({ available }) => available).length;
  return (
    <Page>
      <PageHeader
        title="Data"
        beside={
          <PageCount>
            {counted(here, 'data set')} here, {data.datasets.length - here} to be had
          </PageCount>
        }
      />
      <ul className={styles.cards}>
        {data.datasets.map((card) => (
          <Card
            key={card.name}
            card={card}
            download={downloads?.find(({ name }) => name === card.name)}
            open={card === open}
            look={() => change({ name: card === open ? undefined : card.name, molecule: undefined })}
          />
        ))}
        <Import />
      </ul>
      {search.name !== undefined && !open && (
        <p role="alert" className={styles.bad}>
          There is no data set “{search.name}” on this hub to look into.
        </p>
      )}
      {open && <Inside key={open.name} card={open} search={search} change={change} />}
    </Page>
  );
}
