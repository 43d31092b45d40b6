import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { migrations } from '#electron/store/migrations.ts';
import { migrate } from '#electron/store/schema.ts';
import { createSecrets } from '#electron/store/secrets.ts';
import { openDatabase } from '#electron/store/sql.ts';
import { describeError } from '#shared/errors.ts';
import { createChanges } from './changes.ts';
import { createGroups } from './groups.ts';
import { createInventory } from './inventory.ts';
import { countStates, createPages, type PageInput } from './paging.ts';

const settling = { today: () => ({ ca: '', references: [] }), settle: () => undefined };

test('devices of the first version keep everything, and are found in the table', () => {
  const sql = openDatabase(':memory:', 1000);
  migrate(sql, migrations.slice(0, 1));
  const secrets = createSecrets(randomBytes(32), 'file');
  const at = '2026-11-21T10:00:00.000Z';
  const trust = {
    state: 'failed',
    error: describeError('CLOCK_WRONG', { device: 'Gate', offset: '41 days' }),
    proofs: [],
    warnings: [],
    lastRunAt: at,
    lastProofAt: at,
    canUndo: true,
  };
  const login = { pem: '', passphrase: '', password: 'horse', sudoPassword: '' };
  sql.run(
    `INSERT INTO devices (id, name, address, port, user, credential, sealedSecrets, facts, trust, addedAt)
     VALUES ('d1', 'Gate', 'Gate.local', 22, 'pi', ?, ?, NULL, ?, ?)`,
    JSON.stringify({ kind: 'password', file: null, hasSudoPassword: false }),
    ...[secrets.seal(JSON.stringify(login), 'device:d1'), JSON.stringify(trust), at],
  );
  sql.run(`INSERT INTO hostKeys VALUES ('d1', 'ssh-ed25519', ?, ?, 'shown')`, `SHA256:${'A'.repeat(43)}`, at);
  sql.run(
    `INSERT INTO trustHistory (deviceId, jobId, at, action, outcome, document, isStanding)
     VALUES ('d1', 'j', ?, 'push', 'failed', '{}', 1)`,
    at,
  );

  migrate(sql, migrations);
  const store = { sql, secrets };
  const groups = createGroups({ store, onChange: () => undefined });
  const inventory = createInventory({
    ...{ store, groups, settling },
    now: () => new Date(),
    changes: createChanges(),
  });

  expect(inventory.get('gate.LOCAL')).toMatchObject({
    id: 'd1',
    port: 22,
    user: 'pi',
    trust,
    group: '',
    tags: [],
  });
  expect(inventory.get('d1').hostKeys).toHaveLength(1);
  const { credential } = inventory.secrets('d1');
  expect(credential.kind === 'password' && credential.password.reveal()).toBe('horse');
  expect(sql.all('SELECT * FROM trustHistory')).toHaveLength(1);
  expect(countStates(sql).failed).toBe(1);
  const input = {
    filter: { search: 'gate', codes: ['CLOCK_WRONG'] },
    sort: { by: 'name', descending: false },
    offset: 0,
    limit: 10,
  } satisfies PageInput;
  expect(createPages(sql, () => false, settling)(input).rows).toMatchObject([
    { name: 'Gate', canUndo: true, lastProofAt: at },
  ]);
  sql.close();
});

test('proofs of a version before the matrix are in it', () => {
  const sql = openDatabase(':memory:', 1000);
  migrate(sql, migrations.slice(0, 6));
  const proof = { user: null, code: null, message: '', at: '2026-11-21T10:00:00.000Z' };
  const proofs = [
    {
      ...proof,
      name: 'a:5000',
      runtime: 'docker',
      level: 'engine',
      isProven: true,
      fingerprint: 'AB:CD:EF:01:23',
    },
    { ...proof, name: 'b:5000', runtime: 'docker', level: 'engine', isProven: false },
    { ...proof, name: 'a:5000', runtime: 'none', level: 'tls', isProven: false },
    { ...proof, name: 'b:5000', runtime: 'none', level: 'files', isProven: false },
  ];
  for (const [id, own] of [
    ['d1', proofs],
    ['d2', []],
  ] as const) {
    sql.run(
      `INSERT INTO devices (id, name, address, user, credential, addedAt, sortName) VALUES (?, ?, ?, 'root', '{}', '', ?)`,
      ...[id, id, id, id],
    );
    sql.run(
      `INSERT INTO deviceDocuments (deviceId, sealedSecrets, trust) VALUES (?, '', ?)`,
      ...[id, JSON.stringify({ proofs: own })],
    );
  }
  migrate(sql, migrations);
  expect(sql.all('SELECT id, proofs FROM devices ORDER BY id')).toEqual([
    {
      id: 'd1',
      proofs: JSON.stringify([
        ['a:5000', 'docker', 'pulled', 'AB:CD:EF:01'],
        ['b:5000', 'docker', 'refused', ''],
        ['a:5000', 'none', 'handshake', ''],
        ['b:5000', 'none', 'files', ''],
      ]),
    },
    { id: 'd2', proofs: '[]' },
  ]);
  sql.close();
});
