import type { Catalogue } from '@litmatter/protocol';
import { useQuery } from '@tanstack/react-query';
import { Notice } from '../app/Notice.tsx';
import { Trouble } from '../app/Trouble.tsx';
import { Loading, Page, PageHeader } from '../parts/Page.tsx';
import { catalogueQuery } from '../state/queries.ts';
import styles from './design/Design.module.css';
import { How } from './design/How.tsx';
import { Launch } from './design/Launch.tsx';
import { PlanPane } from './design/PlanPane.tsx';
import { useDesign } from './design/useDesign.ts';
import { What } from './design/What.tsx';
import { Where } from './design/Where.tsx';

/** Choose what to train, how and where; see what it comes to; launch it. All of it is in the address. */
export function Design() {
  const { data, error, refetch } = useQuery(catalogueQuery);
  if (error && !data) return <Trouble error={error} reset={() => void refetch()} />;
  if (!data) return <Loading>Asking the hub what it has …</Loading>;
  if (data.models.length === 0)
    return (
      <Notice title="This hub has no models">
        <p>
          Its configuration lists none. Name one in <code>litmatter.config.ts</code> and start the hub again.
        </p>
      </Notice>
    );
  return <Designer catalogue={data} />;
}

function Designer({ catalogue }: { readonly catalogue: Catalogue }) {
  const design = useDesign(catalogue);
  return (
    <Page>
      <PageHeader title="Design an experiment" />
      <div className={styles.columns}>
        <form className={styles.form} onSubmit={(event) => event.preventDefault()}>
          <What design={design} />
          <How design={design} />
          <Where design={design} />
        </form>
        <div className={styles.side}>
          <PlanPane design={design} />
          <Launch design={design} />
        </div>
      </div>
    </Page>
  );
}
