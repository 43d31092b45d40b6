import { absenceRecord, isSameName, isSameRecord } from './records.ts';
import type { MdnsPacket, MdnsQuestion, MdnsRecord } from './records.ts';

const unique = (records: MdnsRecord[]): MdnsRecord[] =>
  records.filter((record, index) => records.findIndex((other) => isSameRecord(record, other)) === index);

const recordsAt = (zone: MdnsRecord[], name: string): MdnsRecord[] =>
  zone.filter((record) => isSameName(record.name, name));

const isOwned = (zone: MdnsRecord[], name: string): boolean =>
  recordsAt(zone, name).some((record) => record.flush === true);

const absence = (zone: MdnsRecord[], name: string): MdnsRecord =>
  absenceRecord(name, [...new Set(recordsAt(zone, name).map((record) => record.type))]);

const answersFor = (zone: MdnsRecord[], question: MdnsQuestion): MdnsRecord[] => {
  const found = recordsAt(zone, question.name).filter(
    (record) => question.type === 'ANY' || record.type === question.type,
  );
  return found.length === 0 && isOwned(zone, question.name) ? [absence(zone, question.name)] : found;
};

/** What the asker will want next (RFC 6763 section 12, RFC 6762 section 6.2). */
const companions = (zone: MdnsRecord[], record: MdnsRecord): MdnsRecord[] => {
  if (record.type === 'PTR') {
    const service = recordsAt(zone, record.data).filter((one) => one.type === 'SRV' || one.type === 'TXT');
    return [...service, ...service.flatMap((one) => companions(zone, one))];
  }
  const host = record.type === 'SRV' ? record.data.target : record.name;
  if (record.type !== 'SRV' && record.type !== 'A' && record.type !== 'AAAA') return [];
  return isOwned(zone, host) ? [...recordsAt(zone, host), absence(zone, host)] : [];
};

const isKnown = (record: MdnsRecord, known: MdnsRecord[]): boolean =>
  known.some((one) => isSameRecord(record, one) && (one.ttl ?? 0) * 2 >= (record.ttl ?? 0));

/**
 * The answer of the owner of `zone` to a query; null when there is nothing to say. Answers the asker already
 * knows are left out (RFC 6762 section 7.1).
 */
export const answerQuery = (
  zone: MdnsRecord[],
  query: MdnsPacket,
): { answers: MdnsRecord[]; additionals: MdnsRecord[] } | null => {
  const all = unique((query.questions ?? []).flatMap((question) => answersFor(zone, question)));
  const answers = all.filter((record) => !isKnown(record, query.answers ?? []));
  if (answers.length === 0) return null;
  const additionals = unique(answers.flatMap((record) => companions(zone, record))).filter(
    (record) => !all.some((answer) => isSameRecord(answer, record)),
  );
  return { answers, additionals };
};

const legacyTtl = 10;

/**
 * The same answer for a resolver that is no mDNS responder (RFC 6762 section 6.7): its own id and question,
 * short life times, no flush bits.
 */
export const legacyAnswer = (
  query: MdnsPacket,
  answer: { answers: MdnsRecord[]; additionals: MdnsRecord[] },
): MdnsPacket => {
  const plain = (records: MdnsRecord[]) =>
    records
      .filter((record) => record.type !== 'NSEC')
      .map((record) => ({ ...record, flush: false, ttl: Math.min(record.ttl ?? 0, legacyTtl) }));
  return {
    type: 'response',
    id: query.id ?? 0,
    questions: query.questions ?? [],
    answers: plain(answer.answers),
    additionals: plain(answer.additionals),
  };
};
