import { type MantineColorScheme, useMantineColorScheme } from '@mantine/core';
import { IconDeviceDesktop, IconMoon, IconSun } from '@tabler/icons-react';
import { IconButton } from '../parts/IconButton.tsx';

const schemes = {
  auto: { next: 'light', icon: IconDeviceDesktop, label: 'Colours follow the system; switch to light' },
  light: { next: 'dark', icon: IconSun, label: 'Light colours; switch to dark' },
  dark: { next: 'auto', icon: IconMoon, label: 'Dark colours; follow the system' },
} as const satisfies Record<MantineColorScheme, { next: MantineColorScheme; icon: unknown; label: string }>;

export function SchemeToggle() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const { next, icon: Icon, label } = schemes[colorScheme];
  return (
    <IconButton label={label} press={() => setColorScheme(next)}>
      <Icon size={17} stroke={1.6} />
    </IconButton>
  );
}
