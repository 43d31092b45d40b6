import type { Seed } from '../seed.ts';
import { text } from './profile.ts';

const source = (name: string) => new URL(`../crictl/${name}`, import.meta.url).pathname;

/** The lab's crictl, and the Node that runs it. */
export const crictlSeed = (): Seed => ({
  '/usr/libexec/lab/node': { source: process.execPath },
  '/usr/libexec/lab/crictl/main.ts': { source: source('main.ts') },
  '/usr/libexec/lab/crictl/cri.ts': { source: source('cri.ts') },
  '/usr/libexec/lab/crictl/package.json': text('{ "type": "module" }'),
  '/usr/bin/crictl': {
    ...text(
      '#!/bin/sh',
      'exec /usr/libexec/lab/node --disable-warning=ExperimentalWarning /usr/libexec/lab/crictl/main.ts "$@"',
    ),
    mode: 0o755,
  },
  '/etc/crictl.yaml': text('runtime-endpoint: unix:///run/containerd/containerd.sock'),
});
