import {
  IconAdjustmentsHorizontal,
  IconAtom2,
  IconDatabase,
  IconFlask2,
  IconServer2,
} from '@tabler/icons-react';

/** The pages the bar leads to, in its order. */
export const barPages = [
  { to: '/design', label: 'Design', icon: IconAdjustmentsHorizontal },
  { to: '/prototype', label: 'Prototype', icon: IconAtom2 },
  { to: '/experiments', label: 'Experiments', icon: IconFlask2 },
  { to: '/data', label: 'Data', icon: IconDatabase },
  { to: '/cluster', label: 'Cluster', icon: IconServer2 },
] as const;
