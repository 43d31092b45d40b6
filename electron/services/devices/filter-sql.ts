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

const searching = (search = ''): Where => {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  return { conditions: words.map(() => 'instr(d.words, ?) > 0'), params: words };
};

const tagged = (tags: readonly string[] | undefined): Where =>
  tags === undefined
    ? { conditions: [], params: [] }
    : {
        conditions: [
          'd.id IN (SELECT deviceId FROM deviceTags WHERE tag IN (SELECT value FROM json_each(?)))',
        ],
        params: [asJson(tags)],
      };

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

/** The filter as SQL. An empty list in it matches nothing. */
export const whereOf = (filter: DeviceFilter): Where => {
  const parts = [
    among('d.state', filter.states),
    among('d.groupName', filter.groups),
    among("coalesce(d.code, '')", filter.codes),
    tagged(filter.tags),
    having(filter.engines),
    pinning(filter.hostKeys),
    searching(filter.search),
  ];
  return {
    conditions: parts.flatMap(({ conditions }) => conditions),
    params: parts.flatMap(({ params }) => params),
  };
};

export const whereText = ({ conditions }: Where): string =>
  conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
