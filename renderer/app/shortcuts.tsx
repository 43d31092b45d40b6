import { Group, Kbd, Stack, Text } from '@mantine/core';
import { modals } from '@mantine/modals';
import { useEffect } from 'react';
import { FocusReturn } from '../ui/dialog.tsx';
import { goTo, links } from './route.ts';

const GO: Record<string, { link: string; label: string }> = {
  h: { link: links.home, label: 'Home' },
  d: { link: links.devices, label: 'Devices' },
  c: { link: links.certificates, label: 'Certificates' },
  a: { link: links.access, label: 'Access' },
  s: { link: links.storage, label: 'Storage' },
  l: { link: links.logs, label: 'Logs' },
};
const SEQUENCE_MS = 1200;

const NOT_TYPED = new Set(['checkbox', 'radio', 'button', 'file']);

const isTyping = (target: EventTarget | null): boolean => {
  if (target instanceof HTMLInputElement) return !NOT_TYPED.has(target.type);
  return (
    target instanceof HTMLElement && (target.isContentEditable || /^(TEXTAREA|SELECT)$/.test(target.tagName))
  );
};

/** `g` then a letter goes to a page, `/` to the filter or search, `n` adds, `?` shows this list. */
export const useShortcuts = (): void => {
  useEffect(() => {
    let goUntil = 0;
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target))
        return;
      if (document.querySelector('[role="dialog"], [role="menu"]')) return;
      const { key } = event;
      const page = GO[key];
      if (page && event.timeStamp < goUntil) goTo(page.link);
      else if (key === '?') showShortcuts();
      else if (key === '/') focusOn('[data-shortcut="search"]', event);
      else if (key === 'n') press('[data-shortcut="new"]', event);
      goUntil = key === 'g' ? event.timeStamp + SEQUENCE_MS : 0;
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
};

const focusOn = (selector: string, event: KeyboardEvent): void => {
  const target = document.querySelector<HTMLElement>(selector);
  if (!target) return;
  event.preventDefault();
  target.focus();
};

const press = (selector: string, event: KeyboardEvent): void => {
  const target = document.querySelector<HTMLElement>(selector);
  if (!target) return;
  event.preventDefault();
  target.click();
};

const ROWS: [string[], string][] = [
  ...Object.entries(GO).map(([key, { label }]): [string[], string] => [['g', key], `Go to ${label}`]),
  [['/'], 'Filter or search on this page'],
  [['n'], 'Add a device (on Devices)'],
  [['Esc'], 'Close a dialog, clear the selection'],
  [['?'], 'Show this list'],
];

export const showShortcuts = (): void => {
  modals.open({
    title: 'Keyboard shortcuts',
    children: (
      <Stack gap={8}>
        <FocusReturn />
        {ROWS.map(([keys, what]) => (
          <Group key={what} justify="space-between">
            <Text size="sm">{what}</Text>
            <Group gap={4}>
              {keys.map((key) => (
                <Kbd key={key}>{key}</Kbd>
              ))}
            </Group>
          </Group>
        ))}
      </Stack>
    ),
  });
};
