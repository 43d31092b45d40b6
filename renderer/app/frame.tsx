import { AppShell, Group, NavLink, Text } from '@mantine/core';
import {
  IconCertificate,
  IconDatabase,
  IconDeviceDesktop,
  IconHome,
  IconKey,
  IconListDetails,
  type Icon,
} from '@tabler/icons-react';
import { useEffect, useRef } from 'react';
import { formatCount } from '../format.ts';
import { useSelect, useStores } from '../stores.tsx';
import { Logo } from '../ui/logo.tsx';
import { AppMenu } from './app-menu.tsx';
import { ConnectionBanner } from './connection-banner.tsx';
import classes from './frame.module.css';
import { PageOf } from './page-of.tsx';
import { links, useRoute, type Route } from './route.ts';
import { useShortcuts } from './shortcuts.tsx';
import { StatusBar } from './status-bar.tsx';

interface Entry {
  link: string;
  label: string;
  icon: Icon;
  pages: Route['page'][];
}

const ENTRIES: Entry[] = [
  { link: links.home, label: 'Home', icon: IconHome, pages: ['home'] },
  { link: links.devices, label: 'Devices', icon: IconDeviceDesktop, pages: ['devices', 'device', 'run'] },
  { link: links.certificates, label: 'Certificates', icon: IconCertificate, pages: ['certificates'] },
  { link: links.access, label: 'Access', icon: IconKey, pages: ['access'] },
  { link: links.storage, label: 'Storage', icon: IconDatabase, pages: ['storage'] },
  { link: links.logs, label: 'Logs', icon: IconListDetails, pages: ['logs'] },
];

/** Header, navigation, page, status bar. */
export const Frame = () => {
  const route = useRoute();
  const { certificates } = useStores();
  useShortcuts();
  useEffect(() => void certificates.load(), [certificates]);
  useFocusOnHeading(route.page);
  return (
    <AppShell header={{ height: 52 }} navbar={{ width: 196, breakpoint: 0 }} footer={{ height: 36 }}>
      <a className="skip-link" href="#main-content" onClick={focusMain}>
        Skip to the page
      </a>
      <AppShell.Header className={classes.header}>
        <Group gap={10} wrap="nowrap">
          <Logo size={26} />
          <Text fw={650} size="md">
            Mooring
          </Text>
        </Group>
        <AppMenu />
      </AppShell.Header>
      <AppShell.Navbar className={classes.nav} aria-label="Main">
        {ENTRIES.map((entry) => (
          <Link key={entry.label} entry={entry} isActive={entry.pages.includes(route.page)} />
        ))}
        <Version />
      </AppShell.Navbar>
      <AppShell.Main className={classes.main}>
        <div id="main-content" className={classes.scroll} tabIndex={-1}>
          <ConnectionBanner />
          <PageOf route={route} />
        </div>
      </AppShell.Main>
      <AppShell.Footer className={classes.footer}>
        <StatusBar />
      </AppShell.Footer>
    </AppShell>
  );
};

/** After a change of page the focus and the view are at its heading, as after a page load. */
const useFocusOnHeading = (page: Route['page']): void => {
  const shown = useRef(page);
  useEffect(() => {
    if (shown.current === page) return;
    shown.current = page;
    document.getElementById('main-content')?.scrollTo({ top: 0 });
    document.querySelector<HTMLElement>('main h1')?.focus({ preventScroll: true });
  }, [page]);
};

/** A hash link would change the route; only the focus moves. */
const focusMain = (event: { preventDefault(): void }) => {
  event.preventDefault();
  document.getElementById('main-content')?.focus();
};

const Link = ({ entry, isActive }: { entry: Entry; isActive: boolean }) => {
  const devices = useSelect('home', (state) => state.status?.devices.total ?? 0);
  const count = entry.label === 'Devices' && devices > 0 ? devices : null;
  return (
    <NavLink
      href={entry.link}
      label={entry.label}
      active={isActive}
      aria-current={isActive ? 'page' : undefined}
      leftSection={<entry.icon size={18} stroke={1.7} aria-hidden />}
      rightSection={
        count === null ? null : (
          <span className={classes.count} aria-hidden="true">
            {formatCount(count)}
          </span>
        )
      }
      className={classes.link}
    />
  );
};

const Version = () => {
  const version = useSelect('home', (state) => state.info?.version ?? null);
  return version === null ? null : <span className={classes.version}>Version {version}</span>;
};
