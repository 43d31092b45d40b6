import { answerQuery, legacyAnswer } from './answer.ts';
import type { Link, Sender } from './link.ts';
import { isSameRecord } from './records.ts';
import type { MdnsPacket, MdnsRecord } from './records.ts';
import { wait } from './wait.ts';

const mdnsPort = 5353;
/** Milliseconds: an answer is not said again sooner (RFC 6762 section 6). */
const repeatAfter = 1000;

/**
 * Answers the queries of one link until stopped. A probe is answered at once, always; an answer others may
 * give as well waits a moment, so that not all speak together.
 */
export const answerOn = (link: Link, zone: () => MdnsRecord[], now: () => number): (() => void) => {
  const stopped = new AbortController();
  const said = new Map<string, number>();

  const isRepetition = (answers: MdnsRecord[]): boolean => {
    const at = now();
    for (const [key, when] of said) if (at - when >= repeatAfter || at < when) said.delete(key);
    const key = answers.map((record) => `${record.type} ${record.name}`).join();
    if (said.has(key)) return true;
    said.set(key, at);
    return false;
  };

  const answer = async (query: MdnsPacket, from: Sender): Promise<void> => {
    const reply = answerQuery(zone(), query);
    if (!reply) return;
    if (from.port !== mdnsPort) return void (await link.send(legacyAnswer(query, reply), from));
    const isProbe = (query.authorities ?? []).length > 0;
    if (!isProbe && isRepetition(reply.answers)) return;
    if (reply.answers.some((record) => !record.flush)) await wait(20 + Math.random() * 100, stopped.signal);
    await link.send({ type: 'response', ...reply });
  };

  /** Someone else on this computer said goodbye to what still holds here: say it again. */
  const rescue = async (response: MdnsPacket): Promise<void> => {
    const dropped = (response.answers ?? []).filter((record) => record.ttl === 0);
    const answers = zone().filter((record) => dropped.some((other) => isSameRecord(record, other)));
    if (answers.length > 0) await link.send({ type: 'response', answers });
  };

  const stop = link.onPacket((packet, from) => {
    const work = packet.type === 'query' ? answer(packet, from) : rescue(packet);
    work.catch(() => undefined);
  });
  return () => {
    stop();
    stopped.abort();
  };
};
