import { median } from './measure.ts';

/** Wall and processor seconds by who ran, and single figures. */
export interface FleetFigures {
  add(who: string, wall: number, cpu: number): void;
  note(what: 'memory' | 'slowest answer' | 'slowest refusal', value: number): void;
  print(): string;
}

interface Line {
  title: string;
  value: number;
  unit: string;
  target: string;
  isMet: boolean | null;
}

export const createFleetFigures = (): FleetFigures => {
  const walls = new Map<string, number[]>();
  const cpus = new Map<string, number[]>();
  const singles = new Map<string, number[]>();
  const put = (into: Map<string, number[]>, key: string, value: number) =>
    into.set(key, [...(into.get(key) ?? []), value]);
  const wall = (who: string) => median(walls.get(who) ?? []);
  const cpu = (who: string) => median(cpus.get(who) ?? []);
  const highest = (what: string) => Math.max(...(singles.get(what) ?? [Number.NaN]));

  const seconds = (title: string, who: string): Line[] => [
    { title, value: wall(who), unit: 's', target: '', isMet: null },
    { title: '  client processor', value: cpu(who), unit: 's', target: '', isMet: null },
  ];
  const atMost = (title: string, value: number, limit: number, unit = ''): Line => ({
    title,
    value,
    unit,
    target: `<= ${limit.toFixed(2)}`,
    isMet: value <= limit,
  });
  const atLeast = (title: string, value: number, limit: number): Line => ({
    title,
    value,
    unit: '',
    target: `>= ${limit}`,
    isMet: value >= limit,
  });

  const lines = (): Line[] => [
    ...seconds('Mooring, push', 'ours'),
    ...seconds('Mooring, nothing to change, held', 'again'),
    ...seconds('Mooring, push, held', 'held'),
    ...seconds('xargs -P 32 ssh, defaults', 'defaults'),
    ...seconds('xargs -P 32 ssh, curve25519', 'curve25519'),
    ...seconds('parallel-ssh and parallel-scp', 'pssh'),
    ...seconds('Ansible, 50 forks', 'ansible'),
    atMost('wall, of ssh with defaults', wall('ours') / wall('defaults'), 0.4),
    atMost('  client processor', cpu('ours') / cpu('defaults'), 0.12),
    atMost('wall, of ssh with curve25519', wall('ours') / wall('curve25519'), 1.1),
    atMost('  client processor', cpu('ours') / cpu('curve25519'), 0.6),
    atLeast('times faster than parallel-ssh', wall('pssh') / wall('ours'), 4),
    atLeast('times faster than Ansible', wall('ansible') / wall('ours'), 12),
    atMost('wall, of the floor', wall('ours') / wall('floor'), 1.15),
    atMost('nothing to change, of a push', wall('again') / wall('ours'), 0.25),
    atMost('60 % of them, a sixth dead', wall('with dead'), highest('slowest refusal') + 0.5, 's'),
    atMost('memory (PSS)', highest('memory'), 200, 'MB'),
    {
      title: 'slowest trivial answer meanwhile',
      value: highest('slowest answer'),
      unit: 'ms',
      target: '',
      isMet: null,
    },
  ];

  return {
    add(who, seconds, processor) {
      put(walls, who, seconds);
      put(cpus, who, processor);
    },
    note: (what, value) => void put(singles, what, value),
    print: () =>
      lines()
        .filter(({ value }) => Number.isFinite(value))
        .map(({ title, value, unit, target, isMet }) =>
          [
            title.padEnd(32),
            `${value.toFixed(2)} ${unit}`.trimEnd().padStart(12),
            target.padStart(10),
            isMet === null ? '' : isMet ? 'met' : 'missed',
          ]
            .join('  ')
            .trimEnd(),
        )
        .join('\n'),
  };
};
