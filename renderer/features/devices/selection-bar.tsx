import { Button, CloseButton, Menu, Text } from '@mantine/core';
import {
  IconArrowBackUp,
  IconChevronDown,
  IconFileDiff,
  IconFingerprint,
  IconFolder,
  IconKey,
  IconShieldCheck,
  IconShieldUp,
  IconTag,
  IconTrash,
} from '@tabler/icons-react';
import { startTransition, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { plural } from '../../format.ts';
import { useSelect, useStores } from '../../stores.tsx';
import { activeRow } from '../../ui/use-grid-keys.ts';
import { GroupDialog } from './group-dialog.tsx';
import { HostKeysDialog } from './host-keys-dialog.tsx';
import { PushDialog } from './push-dialog.tsx';
import { countPicked, pullHint, toSelection, type Picked } from './selection.ts';
import { SharedLoginDialog } from './shared-login-dialog.tsx';
import { TagsDialog } from './tags-dialog.tsx';
import { useUndo } from './ask-undo.tsx';
import { nameOrCount, useRemoval, useRuns, type RunKind } from './use-runs.ts';
import classes from './selection-bar.module.css';

type Dialog = 'push' | 'group' | 'tags' | 'login' | 'host-keys';

/** What can be done with the ticked devices, at the foot of the table: nothing moves when it appears. */
export const SelectionBar = () => {
  const picked = useSelect('devices', (state) => state.picked);
  return countPicked(picked) === 0 ? null : <Bar picked={picked} />;
};

const Bar = ({ picked }: { picked: Picked }) => {
  const store = useStores().devices;
  const bar = useRef<HTMLDivElement>(null);
  const { startAndShow } = useRuns();
  const remove = useRemoval();
  const askUndo = useUndo();
  const [isStarting, setStarting] = useState(false);
  const [dialog, setDialog] = useState<Dialog | null>(null);
  // A dialog is much to draw: in pieces, so that nothing is held up.
  const open = (next: Dialog) => startTransition(() => setDialog(next));
  const count = countPicked(picked);
  useEscape(store.clearPicked);
  useLayoutEffect(() => {
    const own = bar.current;
    // The focus goes back to the rows, not away with the bar.
    return () => {
      if (own?.contains(document.activeElement)) activeRow()?.focus({ preventScroll: true });
    };
  }, []);

  const selection = toSelection(picked);
  const names = picked.kind === 'some' ? [...picked.rows.values()].map(({ name }) => name) : [];
  const what = nameOrCount(names, count);
  const run = (kind: RunKind) => {
    setStarting(true);
    void startAndShow(kind, selection).finally(() => setStarting(false));
  };
  const undo = () =>
    void askUndo(
      {
        title: `Undo on ${what}`,
        text: 'What was there before Mooring comes back, byte for byte. Afterwards nothing there can pull from this registry.',
        verb: 'Undo',
        of: { selection },
      },
      (options) => void startAndShow('undo', selection, { options }),
    );
  const icon = { size: 16, 'aria-hidden': true } as const;
  const target = { selection, what, count, onClose: () => setDialog(null) };
  return (
    <div ref={bar} className={classes.bar} role="toolbar" aria-label="Selected devices">
      <CloseButton aria-label="Clear selection" onClick={store.clearPicked} />
      <div className={classes.words}>
        <Text size="sm" fw={550}>
          {plural(count, 'device')} selected
        </Text>
        <Text size="xs" c="dimmed">
          {pullHint(picked)}
        </Text>
      </div>
      <Button
        variant="default"
        leftSection={<IconFileDiff {...icon} />}
        onClick={() => run('plan')}
        disabled={isStarting}
      >
        Plan
      </Button>
      <Button
        variant="default"
        leftSection={<IconShieldCheck {...icon} />}
        onClick={() => run('verify')}
        disabled={isStarting}
      >
        Verify
      </Button>
      <Button
        variant="default"
        leftSection={<IconArrowBackUp {...icon} />}
        onClick={undo}
        disabled={isStarting}
      >
        Undo
      </Button>
      <Menu position="top-end" width={220} withInitialFocusPlaceholder={false}>
        <Menu.Target>
          <Button variant="default" rightSection={<IconChevronDown size={14} aria-hidden />}>
            More
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconFolder {...icon} />} onClick={() => open('group')}>
            Group
          </Menu.Item>
          <Menu.Item leftSection={<IconTag {...icon} />} onClick={() => open('tags')}>
            Tags
          </Menu.Item>
          <Menu.Item leftSection={<IconKey {...icon} />} onClick={() => open('login')}>
            Login
          </Menu.Item>
          <Menu.Item leftSection={<IconFingerprint {...icon} />} onClick={() => open('host-keys')}>
            Host keys
          </Menu.Item>
          <Menu.Divider />
          <Menu.Item leftSection={<IconTrash {...icon} />} onClick={() => remove(what, selection)}>
            Remove
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Button leftSection={<IconShieldUp {...icon} />} onClick={() => open('push')} disabled={isStarting}>
        Push trust
      </Button>
      {dialog === 'push' ? <PushDialog {...target} /> : null}
      {dialog === 'group' ? <GroupDialog {...target} /> : null}
      {dialog === 'tags' ? <TagsDialog {...target} /> : null}
      {dialog === 'host-keys' ? <HostKeysDialog {...target} /> : null}
      {dialog === 'login' ? <SharedLoginDialog {...target} /> : null}
    </div>
  );
};

const overlay = '[role="dialog"], [role="menu"]';

/** Esc clears the selection while no dialog or menu is open; one that this very key has closed may be gone from the page. */
const useEscape = (onEscape: () => void): void => {
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || event.defaultPrevented) return;
      const isInside = event.target instanceof Element && event.target.closest(overlay) !== null;
      if (!isInside && !document.querySelector(overlay)) onEscape();
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  });
};
