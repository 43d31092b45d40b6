import { Button, Checkbox, Stack, Text } from '@mantine/core';
import { IconShieldUp } from '@tabler/icons-react';
import type { Device } from '#shared/model/devices.ts';
import type { DeviceRun, PushOptions } from '#shared/model/trust.ts';
import { Card } from '../../ui/card.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { StateDot } from '../../ui/state-dot.tsx';
import { ChangesTable } from './changes-table.tsx';
import { foreignPaths } from './plan-view.ts';
import { TargetsTable } from './targets-table.tsx';
import { useRuns } from './use-runs.ts';

/** What a push may do with files that are not ours. */
export type TickedFiles = Pick<PushOptions, 'repair' | 'replace'>;

interface PlanCardProps {
  device: Device;
  result: DeviceRun;
  /** Files that a person has ticked. */
  ticked: TickedFiles;
  onTick(ticked: TickedFiles): void;
  /** A push was started from the plan. */
  onRun(jobId: string): void;
}

const withOrWithout = (known: string[], path: string, isIn: boolean): string[] =>
  isIn ? [...known, path] : known.filter((other) => other !== path);

/** What a push would do here, what was found on the way, and what a person may decide about it. */
export const PlanCard = ({ device, result, ticked, onTick, onRun }: PlanCardProps) => {
  const { start } = useRuns();
  const { repair, replace } = ticked;
  const foreign = foreignPaths(result.changes);
  const apply = async () => {
    const jobId = await start('push', { devices: [device.id] }, { options: ticked });
    if (jobId) onRun(jobId);
  };
  const isNothing = result.outcome === 'unchanged' && foreign.length === 0 && result.findings.length === 0;
  return (
    <Stack gap="md">
      {result.findings.map((finding) => (
        <ErrorNote
          key={finding.code + finding.path}
          {...finding}
          tone="warn"
          isLive={false}
          action={
            finding.canRepair ? (
              <Checkbox
                label={`Repair ${finding.path}`}
                checked={repair.includes(finding.path)}
                onChange={(event) =>
                  onTick({
                    ...ticked,
                    repair: withOrWithout(repair, finding.path, event.currentTarget.checked),
                  })
                }
              />
            ) : null
          }
        />
      ))}
      {isNothing ? (
        <Text size="sm" component="div" role="status">
          <StateDot tone="ok" label="Nothing to do: everything is in place." />
        </Text>
      ) : (
        <Card
          title="Plan"
          isFlush
          actions={
            <Button
              size="compact-sm"
              variant="light"
              leftSection={<IconShieldUp size={15} aria-hidden />}
              onClick={() => void apply()}
            >
              Apply this plan
            </Button>
          }
        >
          <ChangesTable label="Planned changes" changes={result.changes} />
          {foreign.length > 0 ? (
            <Stack gap="xs" p="md">
              <Text size="sm">
                These files are not from Mooring and stay as they are unless you tick them. A replaced file
                comes back by undo.
              </Text>
              {foreign.map((path) => (
                <Checkbox
                  key={path}
                  label={`Replace ${path}`}
                  checked={replace.includes(path)}
                  onChange={(event) =>
                    onTick({ ...ticked, replace: withOrWithout(replace, path, event.currentTarget.checked) })
                  }
                />
              ))}
            </Stack>
          ) : null}
        </Card>
      )}
      {result.targets.length > 0 ? <TargetsTable targets={result.targets} /> : null}
    </Stack>
  );
};
