/** What the benchmark asks of the app's process. */
export type ClientOrder =
  | {
      do: 'add';
      devices: { name: string; address: string; port: number }[];
      keyFile: string;
      user: string;
    }
  /** Names of devices; without: all. */
  | { do: 'push'; names?: string[] }
  | { do: 'refusals'; addresses: string[]; port: number };

export type Asked<Kind extends ClientOrder['do']> = Extract<ClientOrder, { do: Kind }>;

export interface PushAnswer {
  /** Of the run, as the app tells them. */
  seconds: number;
  /** How many devices ended how. */
  codes: Record<string, number>;
  /** How long the app took at most for a trivial answer meanwhile. */
  slowestAnswerMs: number;
}

export interface Answers {
  add: number;
  push: PushAnswer;
  refusals: number;
}
