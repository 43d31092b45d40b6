import type { Link } from './link.ts';
import type { MdnsPacket, MdnsQuestion } from './records.ts';
import { createHearsay, openQuestions, servicesIn } from './seen.ts';
import type { SeenService } from './seen.ts';
import { wait } from './wait.ts';

/** Milliseconds: a list is handed out at most this often. */
const yieldPause = 150;
/** Milliseconds between rounds of questions: doubled each time (RFC 6762 section 5.2). */
const firstPause = 1000;
/** Keeps a packet below the smallest MTU there is on a LAN. */
const questionsInPacket = 12;

const askAll = (links: Link[], questions: MdnsQuestion[]): Promise<unknown> => {
  const packets = Array.from(
    { length: Math.ceil(questions.length / questionsInPacket) },
    (_, index): MdnsPacket => ({
      type: 'query',
      questions: questions.slice(index * questionsInPacket, (index + 1) * questionsInPacket),
    }),
  );
  return Promise.all(packets.flatMap((packet) => links.map((link) => link.send(packet))));
};

/**
 * Everything that announces one of `types` (`_ssh._tcp`, `_resin-device._sub._ssh._tcp`). Yields the whole list
 * at once and whenever it changed; ends after `seconds`, or when `signal` says so.
 */
export async function* browseServices(options: {
  types: string[];
  links: Link[];
  seconds: number;
  signal?: AbortSignal | undefined;
  now: () => number;
}): AsyncGenerator<SeenService[], void> {
  const { types, links, seconds, signal, now } = options;
  const ending = new AbortController();
  const ended = ending.signal;
  void wait(seconds * 1000, AbortSignal.any([ended, ...(signal ? [signal] : [])]))
    .catch(() => undefined)
    .finally(() => ending.abort());
  const hearsay = createHearsay();
  let news = Promise.withResolvers<void>();
  const stops = links.map((link) =>
    link.onPacket((packet) => {
      if (packet.type === 'response' && hearsay.hear(packet, link.place.name, now())) news.resolve();
    }),
  );
  const ask = async () => {
    const list = types.map((type): MdnsQuestion => ({ name: `${type}.local`, type: 'PTR' }));
    for (let pause = firstPause; ; pause *= 2) {
      await askAll(links, [...list, ...openQuestions(hearsay.records(), types)]);
      await wait(pause, ended);
    }
  };
  const asked = new Set<string>();
  const askMore = async () => {
    const questions = openQuestions(hearsay.records(), types).filter(
      ({ name, type }) => !asked.has(`${type} ${name}`),
    );
    for (const { name, type } of questions) asked.add(`${type} ${name}`);
    await askAll(links, questions);
  };
  const isOver = new Promise<void>((over) => ended.addEventListener('abort', () => over(), { once: true }));
  try {
    ask().catch(() => undefined);
    let last = '';
    while (true) {
      const services = servicesIn(hearsay.records(), types);
      const text = JSON.stringify(services);
      if (text !== last) yield services;
      last = text;
      if (ended.aborted) return;
      await Promise.race([news.promise, isOver]);
      news = Promise.withResolvers<void>();
      await askMore();
      await wait(yieldPause, ended).catch(() => undefined);
    }
  } finally {
    ending.abort();
    for (const stop of stops) stop();
  }
}
