import { Button, Checkbox, Popover, Stack, Text, TextInput } from '@mantine/core';
import { IconChevronDown } from '@tabler/icons-react';
import { useState } from 'react';
import { formatCount } from '../../format.ts';
import classes from './filters.module.css';

interface FacetMenuProps {
  /** What is chosen here: `Group`. */
  title: string;
  options: { value: string; label: string; count: number }[];
  chosen: string[];
  onChange(chosen: string[]): void;
}

const SEARCH_FROM = 9;

/** One part of the filter: values with their counts, of which any number may be ticked. */
export const FacetMenu = ({ title, options, chosen, onChange }: FacetMenuProps) => {
  const [search, setSearch] = useState('');
  const shown = options.filter(({ label }) => label.toLowerCase().includes(search.trim().toLowerCase()));
  const first = options.find(({ value }) => value === chosen[0])?.label ?? chosen[0];
  const words = chosen.length === 0 ? '' : chosen.length === 1 ? `: ${first}` : `: ${chosen.length} chosen`;
  const toggle = (value: string, isChosen: boolean) =>
    onChange(isChosen ? [...chosen, value] : chosen.filter((other) => other !== value));
  return (
    <Popover position="bottom-start" shadow="md" width={280} trapFocus returnFocus withinPortal={false}>
      <Popover.Target>
        <Button
          variant={chosen.length > 0 ? 'light' : 'default'}
          className={classes.facet}
          rightSection={<IconChevronDown size={14} aria-hidden />}
        >
          {title}
          {words}
        </Button>
      </Popover.Target>
      <Popover.Dropdown p="xs" aria-label={`Filter by ${title.toLowerCase()}`}>
        {options.length >= SEARCH_FROM ? (
          <TextInput
            size="xs"
            mb="xs"
            aria-label={`Find a ${title.toLowerCase()}`}
            placeholder="Find"
            value={search}
            onChange={(event) => setSearch(event.currentTarget.value)}
          />
        ) : null}
        <Stack gap={2} className={classes.options}>
          {shown.map(({ value, label, count }) => (
            <Checkbox
              key={value}
              size="xs"
              checked={chosen.includes(value)}
              onChange={(event) => toggle(value, event.currentTarget.checked)}
              classNames={{ root: classes.option ?? '', body: classes.optionBody ?? '' }}
              label={
                <span className={classes.optionLabel}>
                  <span className={classes.optionName} title={label}>
                    {label}
                  </span>
                  <span className={classes.optionCount}>{formatCount(count)}</span>
                </span>
              }
            />
          ))}
          {shown.length === 0 ? (
            <Text size="xs" c="dimmed" p={6}>
              None is called so.
            </Text>
          ) : null}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
};
