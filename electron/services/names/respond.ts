import { answerQuery, legacyAnswer } from './answer.ts';
import type { Link, Sender } from './link.ts';
import { isSameRecord } from './records.ts';
import type { MdnsPacket, MdnsRecord } from './records.ts';
import { wait } from './wait.ts';

const mdnsPort = 5353;
/** Milliseconds: an answer is not said again sooner (RFC 6762 section 6). */
const repeatAfter = 1000;

/**
 * Answers the queries of one link with what is published there, until stopped. A probe is answered at once,
 * always; an answer others may give as well waits a moment, so that not all speak together.
 */
export const answerOn = (link: Pick<Link, 'published' | 'send' | 'onPacket'>): (() => void) => {
  const stopped = new AbortController();
  const said = new Map<string, number>();

  const isRepetition = (answers: MdnsRecord[]): boolean => {
    const at = performance.now();
    for (const [key, when] of said) if (at - when >= repeatAfter) said.delete(key);
    const key = answers.map((record) => `${record.type} ${record.name}`).join();
    if (said.has(key)) return true;
    said.set(key, at);
    return false;
  };

  const answer = async (query: MdnsPacket, from: Sender): Promise<void> => {
    const reply = answerQuery(link.published(), query);
    if (!reply) return;
    if (from.port !== mdnsPort) return void (await link.send(legacyAnswer(query, reply), from));
    const isProbe = (query.authorities ?? []).length > 0;
    if (!isProbe && isRepetition(reply.answers)) return;
    if (reply.answers.every((record) => record.flush)) {
      await link.send({ type: 'response', ...reply });
      return;
    }
    await wait(20 + Math.random() * 100, stopped.signal);
    const later = answerQuery(link.published(), query);
    if (later) await link.send({ type: 'response', ...later });
  };

  /** Someone else on this computer said goodbye to what still holds here: say it again. */
  const rescue = async (response: MdnsPacket): Promise<void> => {
    const dropped = (response.answers ?? []).filter((record) => record.ttl === 0);
    const answers = link.published().filter((record) => dropped.some((other) => isSameRecord(record, other)));
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
