import type { Client } from 'ssh2';

/**
 * Whether the other side still answers: it is asked to end a forwarding that never was, which every server has to
 * refuse (RFC 4254 section 4) and which costs it next to nothing.
 * @param withinMs no answer by then is taken for no
 */
export const isAlive = (client: Pick<Client, 'unforwardIn'>, withinMs: number): Promise<boolean> =>
  new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), withinMs);
    const answered = () => {
      clearTimeout(timer);
      resolve(true);
    };
    try {
      client.unforwardIn('', 0, answered);
    } catch {
      clearTimeout(timer);
      resolve(false);
    }
  });
