import { Button } from '@mantine/core';
import { IconFileImport } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { Trouble } from '../app/Trouble.tsx';
import { Loading, Page, PageCount, PageHeader } from '../parts/Page.tsx';
import { Unseen } from '../parts/Table.tsx';
import { catalogueQuery, downloadsQuery, importsQuery } from '../state/queries.ts';
import { useStore } from '../state/store.ts';
import { uploads } from '../state/uploads.ts';
import { counted } from '../words/format.ts';
import { Card } from './data/Card.tsx';
import styles from './data/Data.module.css';
import { chooseFiles, ImportForm } from './data/ImportForm.tsx';
import { Importing } from './data/Importing.tsx';
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
  const made = useMade();
  const sending = useStore(uploads);
  const { data: imports } = useQuery(importsQuery);
  const coming = [...new Set([...(imports ?? []), ...sending].map(({ name }) => name))];
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
        actions={
          <Button
            variant="default"
            leftSection={<IconFileImport size={15} aria-hidden />}
            onClick={chooseFiles}
          >
            Import files
          </Button>
        }
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
            fresh={card.name === made}
            look={() => change({ name: card === open ? undefined : card.name, molecule: undefined })}
            gone={() => card === open && change({ name: undefined, molecule: undefined })}
          />
        ))}
        {coming.map((name) => (
          <Importing
            key={name}
            name={name}
            state={imports?.find((one) => one.name === name)}
            upload={sending.find((one) => one.name === name)}
          />
        ))}
        <ImportForm />
      </ul>
      <p role="status">
        <Unseen>{made !== undefined && `The data set ${made} is here.`}</Unseen>
      </p>
      {search.name !== undefined && !open && (
        <p role="alert" className={styles.bad}>
          There is no data set “{search.name}” on this hub to look into.
        </p>
      )}
      {open && <Inside key={open.name} card={open} search={search} change={change} />}
    </Page>
  );
}

/** The data set that was last made of an import while the page was open, once its card is here; it then has the focus. */
function useMade(): string | undefined {
  const queries = useQueryClient();
  const { data: imports } = useQuery(importsQuery);
  const { data: catalogue } = useQuery(catalogueQuery);
  const making = useRef(new Set<string>());
  const [made, setMade] = useState<string>();
  useEffect(() => {
    if (!imports) return;
    for (const name of making.current) {
      if (imports.some((one) => one.name === name)) continue;
      setMade(name);
      void queries.invalidateQueries(catalogueQuery);
    }
    making.current = new Set(imports.filter(({ phase }) => phase === 'making').map(({ name }) => name));
  }, [imports, queries]);
  const here = catalogue?.datasets.some(({ name, available }) => available && name === made)
    ? made
    : undefined;
  useEffect(() => {
    // Whose press has just gone with its card goes on at the new one; nobody else is taken away from where they are.
    if (here === undefined || document.activeElement !== document.body) return;
    document.querySelector<HTMLElement>(`[data-set="${CSS.escape(here)}"]`)?.focus();
  }, [here]);
  return here;
}
