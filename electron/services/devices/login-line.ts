import type { Device } from '#shared/model/devices.ts';
import { shellQuote } from './script/quote.ts';

/** Quoted only where a person would have to: the line is read and typed by people. */
const word = (text: string): string => (/^[A-Za-z0-9._:/@[\]-]+$/.test(text) ? text : shellQuote(text));

/** The command that logs a device's engine in to the registry, and what a person should know about it. */
export const loginLine = (
  device: Pick<Device, 'user' | 'facts'>,
  registry: { reference: string; user: string },
): { command: string; note: string } => {
  const engines = device.facts?.engines ?? [];
  const engine = engines.find(({ isRunning }) => isRunning) ?? engines[0];
  const program = engine?.kind ?? 'docker';
  const sudo = device.user === 'root' ? '' : 'sudo ';
  const note = [
    'It asks for the password shown on Access.',
    ...(engine ? [] : ['The engine of this device is not known yet: docker is assumed.']),
    ...(program === 'podman'
      ? ['Podman keeps the login of root until the next reboot.']
      : [`The login is kept for root${sudo ? ', not for the user who types it' : ''}.`]),
  ];
  const command = `${sudo}${program} login ${word(registry.reference)} -u ${word(registry.user)}`;
  return { command, note: note.join(' ') };
};
