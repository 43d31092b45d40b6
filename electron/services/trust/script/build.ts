import { frameScript } from '#electron/services/devices/script/frame.ts';
import { anchor } from './anchor.ts';
import { desiredState, type Desired, type ScriptMode } from './desired.ts';
import { engines } from './engines.ts';
import { hosts, noHosts } from './hosts.ts';
import { keep } from './keep.ts';
import { lock } from './lock.ts';
import { decide, look } from './look.ts';
import { others } from './others.ts';
import { handshake, prove, proxy } from './prove.ts';
import { run } from './run.ts';
import { containerd, runtimes } from './runtimes.ts';
import { tools } from './tools.ts';
import { undo } from './undo.ts';
import { lookUsers, users, usersUnlessNeeded } from './users.ts';
import { write } from './write.ts';

/** What the places of the system and those of users are treated with. A plan has nothing that writes. */
const steps = {
  plan: [tools, decide, others, run],
  push: [tools, decide, others, write, keep, run],
  undo: [tools, decide, others, write, keep, undo, run],
} as const;

/** A release goes over the connection of its push, whose functions are there. */
const stepsOf: Record<ScriptMode, keyof typeof steps> = {
  plan: 'plan',
  verify: 'plan',
  push: 'push',
  release: 'push',
  undo: 'undo',
};

/** Comments and indentation are for people: a shell of a small device reads a megabyte in 50 ms. */
const bare = (text: string): string => text.replace(/^ *(#.*)?(\n|$)|^ +/gm, '');

const functionsFor = (mode: ScriptMode, hasHosts: boolean): string =>
  [
    look,
    runtimes,
    containerd,
    lookUsers,
    ...steps[stepsOf[mode]],
    anchor,
    hasHosts ? hosts : noHosts,
    lock,
    engines,
    proxy,
    ...(mode === 'plan' || mode === 'undo' ? [] : [handshake, prove]),
  ].join('\n');

const sent = new Map<string, string>();

/** One of a few texts, whatever else is desired. */
const functionsOf = ({ mode, pin }: Desired): string => {
  const hasHosts = mode === 'undo' || Boolean(pin);
  const key = `${stepsOf[mode]} ${mode === 'plan'} ${hasHosts}`;
  const text = sent.get(key) ?? bare(functionsFor(mode, hasHosts));
  sent.set(key, text);
  return text;
};

const main = `
# --- main ---
# Whoever listens may go away; what was begun is brought to an end all the same.
trap '' HUP PIPE
stopped= changes=0 kept_bytes=0 pulled= certificates=0 detail=
look
need_users
find_lock
# Where users have places of their own, they are written under the lock, too.
case $mode$is_dry:$users in
  undo:* | push:[1-9]*) [ -n "$stopped" ] || take_lock ;;
esac
[ -n "$stopped" ] || run_steps
[ -n "$stopped" ] || settle_anchor
[ -n "$stopped" ] || each_user
leave_lock
case $mode in
  push | verify) [ -n "$stopped" ] || prove ;;
  plan) [ -n "$stopped" ] || each_engine look_proxy ;;
esac
`;

const bodyOf = (desired: Desired): string =>
  [
    `PATH=${desired.path === undefined ? '$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' : `'${desired.path}'`}`,
    'export PATH',
    'umask 022',
    desiredState(desired),
    desired.withUsers === false ? usersUnlessNeeded : users(desired, steps[stepsOf[desired.mode]]),
    main,
  ].join('\n');

/** The script of a run for `DeviceSession.run`, which frames it. */
export const buildScript = (desired: Desired): { body: string; functions: string } => ({
  body: bodyOf(desired),
  functions: functionsOf(desired),
});

/** What a person reads at the end of the exported script; it takes the place of the records. */
const spoken = `
# --- for a person: records as plain lines, and a sentence at the end ---
emit() {
  case $1 in
    '{"mooring":"end"}') summarise ;;
    *) printf '%s\\n' "$1" ;;
  esac
}
summarise() {
  if [ -n "$stopped" ]; then
    printf 'Mooring: stopped with %s; see the line above that names it.\\n' "$stopped"
  elif [ -n "$flawed" ]; then
    printf 'Mooring: %s changes made, but then: %s; see the line above that names it.\\n' "$changes" "$flawed"
  elif [ "$mode" = undo ]; then
    printf 'Mooring: %s changes undone.\\n' "$changes"
  elif [ -n "$clock_wrong" ]; then
    printf 'Mooring: %s changes made, but the clock of this device is %s, so pulls will fail.\\n' "$changes" "$clock_wrong"
  elif [ "$engines" -eq 0 ]; then
    printf 'Mooring: %s changes made; there is no container engine to prove it with.\\n' "$changes"
  elif [ -n "$pulled" ]; then
    printf 'Mooring: %s changes made; the engine pulls by%s.\\n' "$changes" "$pulled"
  else
    printf 'Mooring: %s changes made, but the engine could not pull by any name; see above.\\n' "$changes"
  fi
}
`;

const header = (isUndo: boolean, folders: readonly string[]): string => {
  const what = isUndo
    ? [
        '# Takes the CA of a Mooring registry away from this device again and puts back what the push kept.',
        '# Files that somebody changed since are left alone.',
      ]
    : [
        '# Makes the container engines of this device trust a Mooring registry: writes its CA where',
        '# each of them looks for it, and lets each pull a small probe image. Files in the home of a',
        '# user are written as that user. A second run changes nothing. Nothing else is touched.',
      ];
  return [
    '#!/bin/sh',
    ...what,
    '# Run it as root, for example: sudo sh mooring.sh. The last line it prints says how it went.',
    ...folders.map((folder) => `#   ${folder}`),
    '',
  ].join('\n');
};

/**
 * The same script for a person to pipe into a shell that SSH cannot reach. Its status is always 0: the sentence at
 * the end says how it went.
 */
export const exportScript = (desired: Desired): string => {
  const functions = functionsFor(desired.mode, true);
  const script = frameScript(`${spoken}\n${bodyOf(desired)}`, {
    nonce: 'export',
    limitSeconds: 300,
    functions,
  });
  return `${header(desired.mode === 'undo', desired.folders)}${script.trimEnd()} || :\n`;
};
