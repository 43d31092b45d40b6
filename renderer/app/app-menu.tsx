import { ActionIcon, Menu, useMantineColorScheme } from '@mantine/core';
import {
  IconCheck,
  IconDeviceDesktop,
  IconDotsVertical,
  IconKeyboard,
  IconMoon,
  IconPower,
  IconSun,
} from '@tabler/icons-react';
import { useClient } from '../stores.tsx';
import { confirm } from '../ui/confirm.tsx';
import { showError } from '../ui/toast.ts';
import { viewError } from '../error-view.ts';
import { showShortcuts } from './shortcuts.tsx';

const SCHEMES = [
  { value: 'light', label: 'Light', icon: IconSun },
  { value: 'dark', label: 'Dark', icon: IconMoon },
  { value: 'auto', label: 'Follow the system', icon: IconDeviceDesktop },
] as const;

export const AppMenu = () => {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const client = useClient();
  const stop = () =>
    confirm(
      {
        title: 'Stop Mooring',
        text: 'The registry stops serving and its name disappears from the network: devices cannot pull until you start Mooring again. What devices trust stays in place.',
        verb: 'Stop Mooring',
        cancel: 'Keep serving',
      },
      () => void client.app.stop().catch((error: unknown) => showError(viewError(error))),
    );
  return (
    <Menu position="bottom-end" width={230} withinPortal={false} withInitialFocusPlaceholder={false}>
      <Menu.Target>
        <ActionIcon aria-label="App menu" size="lg">
          <IconDotsVertical size={18} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {SCHEMES.map(({ value, label, icon: Icon }) => (
          <Menu.Item
            key={value}
            leftSection={<Icon size={16} aria-hidden />}
            rightSection={colorScheme === value ? <IconCheck size={16} aria-label="chosen" /> : null}
            onClick={() => setColorScheme(value)}
          >
            {label}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item leftSection={<IconKeyboard size={16} aria-hidden />} onClick={showShortcuts}>
          Keyboard shortcuts
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item c="var(--bad)" leftSection={<IconPower size={16} aria-hidden />} onClick={stop}>
          Stop Mooring
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
};
