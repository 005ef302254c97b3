import { IconAdjustmentsHorizontal, IconAtom2, IconFlask2 } from '@tabler/icons-react';

/** The pages the bar leads to, in its order. */
export const barPages = [
  { to: '/design', label: 'Design', icon: IconAdjustmentsHorizontal },
  { to: '/prototype', label: 'Prototype', icon: IconAtom2 },
  { to: '/experiments', label: 'Experiments', icon: IconFlask2 },
] as const;
