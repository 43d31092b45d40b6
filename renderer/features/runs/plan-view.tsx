import { Checkbox, Group, Loader, Stack, Text } from '@mantine/core';
import { viewError } from '../../error-view.ts';
import { formatCount, plural } from '../../format.ts';
import { useClient } from '../../stores.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { useAnswer } from '../../use-answer.ts';
import type { PushForm } from '../devices/push-form.ts';
import { PlanGroupRow } from './plan-group.tsx';
import { foreignOf, repairsOf } from './plan-groups.ts';
import { useJob } from './use-job.ts';
import classes from './plan-view.module.css';

interface PlanViewProps {
  jobId: string;
  /** Where a push is being prepared: what it may repair and replace is ticked here. */
  form?: PushForm;
  onChange?(patch: Partial<PushForm>): void;
}

/** What a push would do, read from the devices: those with equal needs together. */
export const PlanView = ({ jobId, form, onChange }: PlanViewProps) => {
  const client = useClient();
  const { job, error } = useJob(jobId);
  const isOver = job !== null && job.state !== 'running';
  const { answer: groups, error: failure } = useAnswer(
    () => client.trust.planGroups({ jobId }),
    // While devices are looked at the groups grow; a few times are enough.
    `${jobId} ${isOver ? 'over' : Math.floor((10 * (job?.done ?? 0)) / Math.max(1, job?.total ?? 1))}`,
  );
  const problem = error ?? failure;
  if (problem) return <ErrorNote {...problem} />;
  if (job?.error) return <ErrorNote {...viewError(job.error)} />;
  return (
    <Stack gap="sm">
      {isOver ? null : (
        <Group gap="xs" role="status">
          <Loader size={14} aria-hidden />
          <Text size="sm">
            {job ? `Looking: ${formatCount(job.done)} of ${plural(job.total, 'device')}` : 'Looking'}
          </Text>
        </Group>
      )}
      {groups && groups.length > 0 ? (
        <ul className={classes.groups} aria-label="What would change">
          {groups.map((group) => (
            <PlanGroupRow key={group.ids[0] ?? group.title} group={group} jobId={jobId} />
          ))}
        </ul>
      ) : null}
      {form && onChange && groups ? (
        <>
          <Choices
            label="Repair what was found"
            text="What is taken away or changed comes back by undo."
            options={repairsOf(groups)}
            chosen={form.repair}
            onChange={(repair) => onChange({ repair })}
          />
          <Choices
            label="Replace files that are not from Mooring"
            text="They stay as they are unless you tick them. A replaced file comes back by undo."
            options={foreignOf(groups)}
            chosen={form.replace}
            onChange={(replace) => onChange({ replace })}
          />
        </>
      ) : null}
    </Stack>
  );
};

interface ChoicesProps {
  label: string;
  text: string;
  options: { path: string; words: string; count: number }[];
  chosen: string[];
  onChange(chosen: string[]): void;
}

const Choices = ({ label, text, options, chosen, onChange }: ChoicesProps) =>
  options.length === 0 ? null : (
    <Checkbox.Group label={label} description={text} value={chosen} onChange={onChange}>
      <Stack gap={8} mt={8}>
        {options.map(({ path, words, count }) => (
          <Checkbox
            key={path}
            value={path}
            label={<span className="mono">{path}</span>}
            description={`${words} · on ${plural(count, 'device')}`}
          />
        ))}
      </Stack>
    </Checkbox.Group>
  );
