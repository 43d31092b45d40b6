import { Anchor, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useRef } from 'react';
import type { DeviceFilter } from '#shared/model/fleet.ts';
import { useSelect, useStores } from '../../stores.tsx';
import { engineName } from './device-view.ts';
import { FacetMenu } from './facet-menu.tsx';
import { SavedFilters } from './saved-filters.tsx';
import { StateCounts } from './state-counts.tsx';
import type { FleetExtra } from './store.ts';
import { causeTitle } from './causes.ts';
import classes from './filters.module.css';

type Facet = 'groups' | 'tags' | 'engines' | 'hostKeys' | 'codes';

interface FacetOf {
  part: Facet;
  title: string;
  label(value: string): string;
  /** The value that goes without saying: where there is no other, nothing can be told apart. */
  usual: string;
}

const FACETS: FacetOf[] = [
  { part: 'groups', title: 'Group', label: (name) => name || 'Without a group', usual: '' },
  { part: 'tags', title: 'Tag', label: (name) => name, usual: '' },
  { part: 'engines', title: 'Engine', label: engineName, usual: '' },
  {
    part: 'hostKeys',
    title: 'Host key',
    label: (state) => (state === 'missing' ? 'To be confirmed' : 'Confirmed'),
    usual: 'pinned',
  },
  { part: 'codes', title: 'Cause', label: causeTitle, usual: '' },
];

/** Everything that narrows the table down; parts that could not make a difference stay away. */
export const FilterBar = ({ page }: { page: FleetExtra }) => {
  const store = useStores().devices;
  const filter = useSelect('devices', (state) => state.filter);
  const search = useRef<HTMLInputElement>(null);
  const parts = Object.keys(filter).length;
  return (
    <>
      <div className={classes.bar}>
        <TextInput
          ref={search}
          aria-label="Filter devices"
          placeholder="Name, address, engine or cause"
          data-shortcut="search"
          leftSection={<IconSearch size={16} aria-hidden />}
          className={classes.search}
          value={filter.search ?? ''}
          onChange={(event) => store.setFilter({ ...filter, search: event.currentTarget.value })}
        />
        {FACETS.map(({ part, title, label, usual }) => {
          const chosen: string[] = filter[part] ?? [];
          const options = page[part].map(({ name, count }) => ({ value: name, label: label(name), count }));
          if (chosen.length === 0 && !options.some(({ value }) => value !== usual)) return null;
          return (
            <FacetMenu
              key={part}
              title={title}
              options={options}
              chosen={chosen}
              onChange={(values) => store.setFilter({ ...filter, [part]: values } as DeviceFilter)}
            />
          );
        })}
        <span className={classes.space} />
        <SavedFilters />
      </div>
      <div className={classes.counts}>
        <StateCounts counts={page.counts} />
        {parts > 0 ? (
          <Anchor
            component="button"
            type="button"
            size="sm"
            onClick={() => {
              store.setFilter({});
              search.current?.focus();
            }}
          >
            Clear the filter
          </Anchor>
        ) : null}
      </div>
    </>
  );
};
