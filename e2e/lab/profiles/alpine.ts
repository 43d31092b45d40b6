import type { Seed } from '../seed.ts';
import { loginSeed } from './login.ts';
import { openRcPrepare, openRcSeed } from './openrc.ts';
import {
  avahiConfig,
  avahiService,
  commonSeed,
  engineCommand,
  type Profile,
  rootByKey,
  sshdConfig,
  text,
} from './profile.ts';

const port = 22;

/** Alpine as people run it at the edge: root by key, BusyBox and its ash alone, OpenRC, Docker, a trust store of its own layout. */
export const alpine: Profile = {
  port,
  user: 'root',
  isReadOnly: false,
  readOnly: [],
  client: 'docker',
  engine: { program: 'dockerd', sign: 'API listen on' },
  stores: ['/var/lib/docker'],
  hasPassword: false,
  hasDockerFolder: () => false,
  daemons: () => ['sshd', 'avahi', 'engine'],
  base: (roots) => roots.alpine(),
  masked: () => [],
  hidden: (options) => (options.without ?? []).map((name) => `/usr/bin/${name}`),
  seed: (identity, options) => ({
    ...commonSeed('root', identity),
    ...loginSeed(options),
    ...openRcSeed(engineCommand('/usr/bin/dockerd', '/var/run/docker.sock', options)),
    ...trustStore(),
    '/etc/passwd': text(
      'root:x:0:0:root:/root:/bin/ash',
      'sshd:x:22:22:sshd:/dev/null:/sbin/nologin',
      'avahi:x:86:86:Avahi System User:/var/run/avahi-daemon:/sbin/nologin',
      'nobody:x:65534:65534:nobody:/:/sbin/nologin',
    ),
    '/etc/shadow': { ...text('root:*:19000:0:99999:7:::', 'sshd:*:19000::::::'), mode: 0o600 },
    '/etc/group': text('root:x:0:root', 'sshd:x:22:', 'avahi:x:86:', 'docker:x:102:', 'nobody:x:65534:'),
    '/etc/nsswitch.conf': text(
      'passwd: files',
      'group: files',
      'hosts: files mdns4_minimal [NOTFOUND=return] dns',
    ),
    '/etc/os-release': text(
      'NAME="Alpine Linux"',
      'ID=alpine',
      'VERSION_ID=3.20.3',
      'PRETTY_NAME="Alpine Linux v3.20"',
    ),
    '/etc/alpine-release': text('3.20.3'),
    '/etc/ssh/sshd_config': sshdConfig(port, options, ...rootByKey),
    '/etc/avahi/avahi-daemon.conf': avahiConfig(identity.hostName, false, options),
    '/etc/avahi/services/ssh.service': avahiService(identity.hostName, port),
    '/root': { folder: true, mode: 0o700 },
    '/usr/libexec/lab/prepare': text(openRcPrepare, 'update-ca-certificates >/run/log/certificates.log 2>&1'),
  }),
};

/**
 * The command of Alpine's ca-certificates, which is a C program there, as a script: the bundle is the authorities that
 * ca-certificates.conf lists and all local files; each has a link `ca-cert-NAME.pem`; links into both folders that are no
 * longer wanted go; then its hook makes the links by hash, and warns of files without exactly one certificate.
 */
const trustStore = (): Seed => ({
  '/usr/local/share/ca-certificates': { folder: true },
  '/etc/ssl/certs': { folder: true },
  '/etc/ssl/cert.pem': { link: 'certs/ca-certificates.crt' },
  '/etc/ca-certificates/update.d/certhash': {
    ...text('#!/bin/sh', 'exec /usr/libexec/lab/openssl rehash /etc/ssl/certs'),
    mode: 0o755,
  },
  '/usr/sbin/update-ca-certificates': {
    ...text(
      '#!/bin/sh',
      'shipped=/usr/share/ca-certificates local=/usr/local/share/ca-certificates certs=/etc/ssl/certs',
      'bundle=$(mktemp "$certs/bundleXXXXXX") || exit 1',
      'wanted=" "',
      'add() {',
      '    name=${1##*/}',
      '    link=ca-cert-$(printf %s "${name%.crt}" | tr ", ()" "__==").pem',
      '    cat "$1" >>"$bundle"',
      '    wanted="$wanted$link "',
      '    [ "$(readlink "$certs/$link")" = "$1" ] || { rm -f "$certs/$link" && ln -s "$1" "$certs/$link"; }',
      '}',
      'while read -r name; do',
      '    case $name in',
      `        '' | '#'* | '!'*) ;;`,
      '        *) add "$shipped/$name" ;;',
      '    esac',
      'done </etc/ca-certificates.conf',
      'for file in "$local"/*; do',
      '    if [ -f "$file" ] && [ ! -L "$file" ]; then add "$file"; fi',
      'done',
      'for link in "$certs"/*; do',
      '    [ -L "$link" ] || continue',
      '    case $wanted in',
      '        *" ${link##*/} "*) continue ;;',
      '    esac',
      '    case $(readlink "$link") in',
      '        "$shipped"/* | "$local"/*) rm -f "$link" ;;',
      '    esac',
      'done',
      'chmod 0644 "$bundle" && mv "$bundle" "$certs/ca-certificates.crt" || exit 1',
      'exec run-parts /etc/ca-certificates/update.d',
    ),
    mode: 0o755,
  },
});
