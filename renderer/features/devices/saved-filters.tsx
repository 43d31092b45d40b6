import { ActionIcon, Button, Menu, Popover, Stack, Text, TextInput } from '@mantine/core';
import { IconBookmark, IconTrash } from '@tabler/icons-react';
import { useRef, useState, type FormEvent } from 'react';
import { flushSync } from 'react-dom';
import type { SavedFilter } from '#shared/model/fleet.ts';
import { viewError } from '../../error-view.ts';
import { useClient, useSelect, useStores } from '../../stores.tsx';
import { showError } from '../../ui/toast.ts';
import { useAction } from '../../use-action.ts';
import { useAnswer } from '../../use-answer.ts';
import { ErrorNote } from '../../ui/error-note.tsx';

/** Filters that got a name: choose, keep the present one, forget. */
export const SavedFilters = () => {
  const client = useClient();
  const store = useStores().devices;
  const filter = useSelect('devices', (state) => state.filter);
  const { answer: saved, setAnswer: setSaved } = useAnswer(() => client.filters.list(), 'saved');
  const isFiltered = Object.keys(filter).length > 0;
  const current = saved?.find((one) => JSON.stringify(one.filter) === JSON.stringify(filter));
  const button = useRef<HTMLButtonElement>(null);
  const forget = (name: string) =>
    client.filters.remove({ name }).then(setSaved, (error: unknown) => showError(viewError(error)));
  if (!isFiltered && (saved ?? []).length === 0) return null;
  return (
    <>
      {(saved ?? []).length > 0 ? (
        <Menu position="bottom-end" width={280} withInitialFocusPlaceholder={false} withinPortal={false}>
          <Menu.Target>
            <Button
              ref={button}
              variant={current ? 'light' : 'default'}
              leftSection={<IconBookmark size={15} aria-hidden />}
            >
              {current?.name ?? 'Saved filters'}
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {(saved ?? []).map((one) => (
              <Menu.Item
                key={one.name}
                onClick={() => store.setFilter(one.filter)}
                rightSection={
                  one === current ? (
                    <Text size="xs" c="dimmed">
                      chosen
                    </Text>
                  ) : null
                }
              >
                {one.name}
              </Menu.Item>
            ))}
            {current ? (
              <>
                <Menu.Divider />
                <Menu.Item
                  leftSection={<IconTrash size={15} aria-hidden />}
                  onClick={() => void forget(current.name)}
                >
                  Forget “{current.name}”
                </Menu.Item>
              </>
            ) : null}
          </Menu.Dropdown>
        </Menu>
      ) : null}
      {isFiltered && !current ? (
        <SaveFilter
          onSaved={(filters) => {
            // What was just saved is chosen there; the button that saved it goes.
            flushSync(() => setSaved(filters));
            button.current?.focus();
          }}
        />
      ) : null}
    </>
  );
};

const SaveFilter = ({ onSaved }: { onSaved(saved: SavedFilter[]): void }) => {
  const client = useClient();
  const filter = useSelect('devices', (state) => state.filter);
  const [isOpen, setOpen] = useState(false);
  const [name, setName] = useState('');
  const { isBusy, error, run } = useAction();
  const save = (event: FormEvent) => {
    event.preventDefault();
    void run(async () => {
      onSaved(await client.filters.save({ name: name.trim(), filter }));
      setOpen(false);
      setName('');
    });
  };
  return (
    <Popover
      opened={isOpen}
      onChange={setOpen}
      position="bottom-end"
      width={280}
      shadow="md"
      trapFocus
      returnFocus
      withinPortal={false}
    >
      <Popover.Target>
        <ActionIcon
          variant="default"
          size={36}
          aria-label="Save this filter"
          title="Save this filter"
          onClick={() => setOpen(!isOpen)}
        >
          <IconBookmark size={16} aria-hidden />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown aria-label="Save this filter">
        <form onSubmit={save}>
          <Stack gap="xs">
            <TextInput
              label="Name of the filter"
              placeholder="Failing gates"
              value={name}
              data-autofocus
              onChange={(event) => setName(event.currentTarget.value)}
            />
            {error ? <ErrorNote {...error} /> : null}
            <Button type="submit" variant="default" loading={isBusy} disabled={name.trim() === ''}>
              Save filter
            </Button>
          </Stack>
        </form>
      </Popover.Dropdown>
    </Popover>
  );
};
