/** What a descriptor stands for. Texts are strings of bytes (latin1). */
export interface Stream {
  write(text: string): void;
  /** Up to and with the next newline; the rest at the end, then null. */
  line(): string | null | Promise<string | null>;
  /** All whole lines that are there; the rest at the end, then null. */
  some(): string | null | Promise<string | null>;
  /** Everything to the end. */
  all(): string | Promise<string>;
}

export const nowhere: Stream = {
  write: () => undefined,
  line: () => null,
  some: () => null,
  all: () => '',
};

/** Hands on what is written. */
export const writing = (write: (text: string) => void): Stream => ({ ...nowhere, write });

/** Gathers what is written. */
export const gathering = (): Stream & { text(): string } => {
  let text = '';
  return {
    ...nowhere,
    write: (more) => {
      text += more;
    },
    text: () => text,
  };
};

/** Reads a text, from where the last reader stopped. */
export const reading = (text: string): Stream => {
  let at = 0;
  return {
    write: () => undefined,
    some() {
      if (at >= text.length) return null;
      const rest = text.slice(at);
      at = text.length;
      return rest;
    },
    line() {
      if (at >= text.length) return null;
      const end = text.indexOf('\n', at);
      const line = end < 0 ? text.slice(at) : text.slice(at, end + 1);
      at += line.length;
      return line;
    },
    all() {
      const rest = text.slice(at);
      at = text.length;
      return rest;
    },
  };
};

/** A stream whose content comes over time. */
export interface Feed extends Stream {
  push(text: string): void;
  end(): void;
}

export const createFeed = (): Feed => {
  let held = '';
  let isOver = false;
  let wake = (): void => undefined;

  const more = (): Promise<void> =>
    new Promise((resolve) => {
      wake = resolve;
    });
  const cut = (isOne: boolean): string | null => {
    const end = isOne ? held.indexOf('\n') : held.lastIndexOf('\n');
    const line = end < 0 ? (isOver ? held : '') : held.slice(0, end + 1);
    if (line === '') return null;
    held = held.slice(line.length);
    return line;
  };
  const later = async (isOne: boolean): Promise<string | null> => {
    for (;;) {
      const line = cut(isOne);
      if (line !== null || isOver) return line;
      await more();
    }
  };
  return {
    write: () => undefined,
    push(text) {
      held += text;
      wake();
    },
    end() {
      isOver = true;
      wake();
    },
    line: () => cut(true) ?? (isOver ? null : later(true)),
    some: () => cut(false) ?? (isOver ? null : later(false)),
    async all() {
      while (!isOver) await more();
      const rest = held;
      held = '';
      return rest;
    },
  };
};
