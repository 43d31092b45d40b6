import type { Seed } from '../seed.ts';
import { text } from './profile.ts';
import { unpackedSeed } from './unpacked.ts';

/** Put into /etc/init.d by `prepare`: what else is there belongs to another init. */
export const openRcPrepare = 'rm -rf /etc/init.d && cp -r /usr/libexec/lab/init.d /etc/init.d';

/** Debian's OpenRC; the engine is a supervised service of its default runlevel, written as Alpine's package has it. */
export const openRcSeed = (engine: { text: string }): Seed => ({
  ...unpackedSeed('openrc'),
  '/usr/libexec/lab/engine': text(
    'exec >/run/log/openrc.log 2>&1',
    'for level in sysinit boot default; do openrc "$level"; done',
  ),
  '/usr/libexec/lab/dockerd': engine,
  '/usr/libexec/lab/init.d/docker': {
    ...text(
      '#!/sbin/openrc-run',
      'name="Docker Daemon"',
      'supervisor=supervise-daemon',
      'command=/bin/sh',
      'command_args=/usr/libexec/lab/dockerd',
      'output_log=/run/log/engine.log',
      'error_log=/run/log/engine.log',
      'retry="TERM/60/KILL/10"',
    ),
    mode: 0o755,
  },
  '/etc/rc.conf': text('rc_logger="NO"', 'rc_sys="lxc"', 'rc_parallel="NO"'),
  // Debian's OpenRC asks for it.
  '/etc/insserv.conf': text(''),
  '/etc/runlevels/sysinit': { folder: true },
  '/etc/runlevels/boot': { folder: true },
  '/etc/runlevels/default/docker': { link: '/etc/init.d/docker' },
});
