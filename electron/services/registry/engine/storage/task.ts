/** How far a long piece of work on the store is. */
export interface Report {
  phase: 'mark' | 'sweep' | 'verify';
  done: number;
  total: number;
  unit: 'items' | 'bytes';
}

/** What long work on the store is given. */
export interface Task {
  signal: AbortSignal;
  report(report: Report): void;
}
