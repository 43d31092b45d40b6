import { z } from 'zod';
import { AppError } from '#shared/errors.ts';
import { shellQuote } from './script/quote.ts';
import type { DeviceWork } from './runs.ts';
import type { DeviceSession, ScriptEnd } from './session.ts';

/** The runnable image every registry of Mooring carries. */
const image = 'mooring/hello:latest';

/** Seconds for one pull; the image is tiny, so a longer one hangs. */
const pullSeconds = 60;

/** The script body that lets the engine pull `mooring/hello` by the first name that works. Runs nothing. */
export const helloBody = (references: readonly string[]): string => `
engine=
for candidate in balena-engine balena docker podman; do
  command -v "$candidate" >/dev/null 2>&1 && { engine=$candidate; break; }
done
if [ -z "$engine" ]; then put step none; send; return; fi
for reference in ${references.map(shellQuote).join(' ')}; do
  put step pulling; put engine "$engine"; put reference "$reference"; send
  output=$(within ${pullSeconds} "$engine" pull "$reference/${image}" 2>&1)
  status=$?
  put step pulled; put engine "$engine"; put reference "$reference"
  put_number status "$status"
  put output "$(printf '%s' "$output" | tail -c 2000)"
  send
  [ "$status" != 0 ] || return 0
done
`;

const secondsFor = (references: readonly string[]): number => references.length * (pullSeconds + 5) + 30;

const text = z.string().transform((value) => value.slice(0, 4000));
const attempt = { engine: text, reference: text };
const helloRecord = z.discriminatedUnion('step', [
  z.object({ step: z.literal('none') }),
  z.object({ step: z.literal('pulling'), ...attempt }),
  z.object({ step: z.literal('pulled'), ...attempt, status: z.number().nullable(), output: text }),
]);

export interface HelloPull {
  engine: string;
  reference: string;
  output: string;
}

const lastLine = (output: string): string => output.trim().split('\n').at(-1) ?? '';

/** @throws AppError NO_ENGINE, PULL_FAILED, SCRIPT_UNFINISHED, DEVICE_OUTPUT_INVALID */
export const readHello = (end: ScriptEnd, device: string): HelloPull => {
  const parsed = z.array(helloRecord).safeParse(end.records);
  if (!parsed.success) throw new AppError('DEVICE_OUTPUT_INVALID', { device }, { cause: parsed.error });
  if (parsed.data.some(({ step }) => step === 'none')) throw new AppError('NO_ENGINE', { device });
  const pulls = parsed.data.filter((record) => record.step === 'pulled');
  const good = pulls.find(({ status }) => status === 0);
  if (good) return { engine: good.engine, reference: good.reference, output: good.output };
  const first = pulls[0];
  if (!end.isComplete || !first) throw new AppError('SCRIPT_UNFINISHED', { device });
  const problem = lastLine(first.output);
  throw new AppError('PULL_FAILED', { device, name: first.reference, problem }, { retryable: true });
};

/** Lets the engine of a device pull `mooring/hello`; yields what it says. @throws AppError as `readHello` */
export const pullHello = async (
  session: DeviceSession,
  references: readonly string[],
  { signal, onPhase }: Parameters<DeviceWork>[1],
): Promise<string> => {
  const onRecord = (record: unknown) => {
    const step = helloRecord.safeParse(record).data;
    if (step?.step === 'pulling') onPhase(`Pull by ${step.reference}`);
  };
  const timeoutMs = secondsFor(references) * 1000;
  const end = await session.run(helloBody(references), { signal, timeoutMs, onRecord });
  const { engine, reference, output } = readHello(end, session.device.name);
  return `${engine} pulled by ${reference}: ${output}`;
};
