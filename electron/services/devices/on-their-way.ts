/** Devices on their way at a time; as many as TCP connections open at once. */
const widest = 300;

/** Does `work` on each device, at most 300 at a time, beginning in their order. @throws what `work` throws first */
export const onTheirWay = async <T>(
  devices: readonly T[],
  work: (device: T, index: number) => Promise<void>,
): Promise<void> => {
  const queue = devices.entries();
  const next = async () => {
    for (const [index, device] of queue) await work(device, index);
  };
  await Promise.all(Array.from({ length: widest }, next));
};
