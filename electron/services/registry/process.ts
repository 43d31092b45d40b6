/** The engine's process as the supervisor sees it; `fork` and Electron's utilityProcess both fit. */
export interface EngineProcess {
  pid: number | undefined;
  send(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  /** Called once. */
  onExit(listener: (code: number | null, signal: string | null) => void): void;
  /** Lines of stdout and stderr. */
  onLog(listener: (line: string) => void): void;
  /** Ends it at once. */
  kill(): void;
}

export type SpawnEngine = () => EngineProcess;
