import type { SqlValue } from '#electron/store/index.ts';
import type { DeviceFilter, HostKeyState } from '#shared/model/fleet.ts';
import { asJson } from './rows.ts';

/** Conditions on `devices d`, joined by AND; empty: all. */
export interface Where {
  conditions: string[];
  params: SqlValue[];
}

const among = (column: string, values: readonly string[] | undefined): Where =>
  values === undefined
    ? { conditions: [], params: [] }
    : { conditions: [`${column} IN (SELECT value FROM json_each(?))`], params: [asJson(values)] };

/**
 * Devices with one of the tags. Few are found through the tags, many by asking each device.
 * @param tags a list of one column in SQL
 */
const taggedSql = (tags: string, isMost: boolean): string =>
  isMost
    ? `EXISTS (SELECT 1 FROM deviceTags t WHERE t.deviceId = d.id AND t.tag IN (${tags}))`
    : `d.id IN (SELECT deviceId FROM deviceTags WHERE tag IN (${tags}))`;

/** The names of groups and tags are few and looked through once. */
const holdsWord = (isMost: boolean): string => `(
  instr(d.words, ?) > 0
  OR d.groupName IN (SELECT name FROM groupNames WHERE instr(folded(name), ?) > 0)
  OR ${taggedSql('SELECT name FROM tagNames WHERE instr(folded(name), ?) > 0', isMost)}
)`;

const searching = (search: string | undefined, isMost: boolean): Where => {
  const words = (search ?? '').toLowerCase().split(/\s+/).filter(Boolean);
  return {
    conditions: words.map(() => holdsWord(isMost)),
    params: words.flatMap((word) => [word, word, word]),
  };
};

const tagged = (tags: readonly string[] | undefined, isMost: boolean): Where =>
  tags === undefined
    ? { conditions: [], params: [] }
    : { conditions: [taggedSql('SELECT value FROM json_each(?)', isMost)], params: [asJson(tags)] };

const having = (engines: readonly string[] | undefined): Where =>
  engines === undefined
    ? { conditions: [], params: [] }
    : {
        conditions: [`(${['0', ...engines.map(() => 'instr(d.engineKinds, ?) > 0')].join(' OR ')})`],
        params: engines.map((kind) => `|${kind}|`),
      };

const pinning = (states: readonly HostKeyState[] | undefined): Where => {
  if (states === undefined) return { conditions: [], params: [] };
  const isPinned = 'EXISTS (SELECT 1 FROM hostKeys k WHERE k.deviceId = d.id)';
  const wanted = states.map((state) => (state === 'pinned' ? isPinned : `NOT ${isPinned}`));
  return { conditions: [`(${['0', ...wanted].join(' OR ')})`], params: [] };
};

/**
 * The filter as SQL. An empty list in it matches nothing.
 * @param isMost most devices are known to match
 */
export const whereOf = (filter: DeviceFilter, isMost = false): Where => {
  const parts = [
    among('d.state', filter.states),
    among('d.groupName', filter.groups),
    among("coalesce(d.code, '')", filter.codes),
    tagged(filter.tags, isMost),
    having(filter.engines),
    pinning(filter.hostKeys),
    searching(filter.search, isMost),
  ];
  return {
    conditions: parts.flatMap(({ conditions }) => conditions),
    params: parts.flatMap(({ params }) => params),
  };
};

export const whereText = ({ conditions }: Where): string =>
  conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
