import {
  createHashHistory,
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  type RouterHistory,
  redirect,
} from '@tanstack/react-router';
import { clusterSearch } from '../pages/cluster/search.ts';
import { dataSearch } from '../pages/data/search.ts';
import { designSearch } from '../pages/design/search.ts';
import { experimentSearch } from '../pages/experiment/search.ts';
import { experimentsSearch } from '../pages/experiments/search.ts';
import { prototypeSearch } from '../pages/prototype/search.ts';
import { basePath, withHub } from '../state/base.ts';
import { fromHub } from './code.ts';
import { Shell } from './Shell.tsx';
import { parseSearch, stringifySearch } from './search-codec.ts';
import { NotHere, Trouble } from './Trouble.tsx';

/**
 * Every page: its path, what of the address it reads, and the file it is in, loaded when it is gone to. To add one:
 * a file in pages/, a route here and in the tree below, and a line in bar.ts if the bar should lead to it.
 */
const root = createRootRoute({ component: Shell, notFoundComponent: NotHere, errorComponent: Trouble });

const index = createRoute({
  getParentRoute: () => root,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: withHub() ? '/experiments' : '/prototype', replace: true });
  },
});

const experiments = createRoute({
  getParentRoute: () => root,
  path: '/experiments',
  validateSearch: experimentsSearch,
  component: lazyRouteComponent(
    fromHub(() => import('../pages/Experiments.tsx')),
    'Experiments',
  ),
});

const experiment = createRoute({
  getParentRoute: () => root,
  path: '/experiments/$id',
  validateSearch: experimentSearch,
  component: lazyRouteComponent(
    fromHub(() => import('../pages/Experiment.tsx')),
    'Experiment',
  ),
});

const demo = createRoute({
  getParentRoute: () => root,
  path: '/demo',
  validateSearch: experimentSearch,
  component: lazyRouteComponent(
    fromHub(() => import('../pages/Demo.tsx')),
    'Demo',
  ),
});

const design = createRoute({
  getParentRoute: () => root,
  path: '/design',
  validateSearch: designSearch,
  component: lazyRouteComponent(
    fromHub(() => import('../pages/Design.tsx')),
    'Design',
  ),
});

const prototype = createRoute({
  getParentRoute: () => root,
  path: '/prototype',
  validateSearch: prototypeSearch,
  component: lazyRouteComponent(
    fromHub(() => import('../pages/Prototype.tsx')),
    'Prototype',
  ),
});

const data = createRoute({
  getParentRoute: () => root,
  path: '/data',
  validateSearch: dataSearch,
  component: lazyRouteComponent(
    fromHub(() => import('../pages/Data.tsx')),
    'Data',
  ),
});

const cluster = createRoute({
  getParentRoute: () => root,
  path: '/cluster',
  validateSearch: clusterSearch,
  component: lazyRouteComponent(
    fromHub(() => import('../pages/Cluster.tsx')),
    'Cluster',
  ),
});

const routeTree = root.addChildren([index, experiments, experiment, demo, design, prototype, data, cluster]);

/**
 * @param history - the browser's own where not given; tests bring one in memory. Without a hub the page's address is kept
 * behind a `#`: a host of plain files knows no other path than that of index.html.
 */
export function makeRouter(history: RouterHistory | undefined = withHub() ? undefined : createHashHistory()) {
  return createRouter({
    routeTree,
    basepath: withHub() ? basePath() : '/',
    parseSearch,
    stringifySearch,
    defaultPreload: 'intent',
    scrollRestoration: true,
    defaultPendingMinMs: 0,
    ...(history && { history }),
  });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
