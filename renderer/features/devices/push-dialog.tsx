import { Button, Checkbox, Stack } from '@mantine/core';
import { IconFileDiff, IconShieldUp } from '@tabler/icons-react';
import { useState } from 'react';
import type { DevicePage } from '#shared/model/fleet.ts';
import type { DeviceSelection } from '#shared/model/trust.ts';
import { useSelect } from '../../stores.tsx';
import { DialogActions } from '../../ui/dialog-actions.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { useAction } from '../../use-action.ts';
import { PlanView } from '../runs/plan-view.tsx';
import { PaceFields } from './pace-fields.tsx';
import { emptyPush, pushProblems, toPushOptions, toRunOptions, type PushForm } from './push-form.ts';
import { useRuns } from './use-runs.ts';
import { WhereFields } from './where-fields.tsx';
import classes from './push-dialog.module.css';

interface PushDialogProps {
  selection: DeviceSelection;
  /** `gate-1` or `47 devices`. */
  what: string;
  count: number;
  onClose(): void;
}

const NONE: DevicePage['engines'] = [];

/** How and where to push, and on demand what it would change. */
export const PushDialog = ({ selection, what, count, onClose }: PushDialogProps) => {
  const { start, startAndShow } = useRuns();
  const permitted = useSelect('certificates', (state) => state.pki?.ca?.permitted ?? null);
  const engines = useSelect('fleet', (state) => state.extra?.engines ?? NONE);
  const [form, setForm] = useState<PushForm>(() => emptyPush(count));
  const [isTried, setTried] = useState(false);
  const [planId, setPlanId] = useState<string | null>(null);
  const pushing = useAction();
  const planning = useAction();
  const problems = pushProblems(form, permitted);
  const hasProblem = Object.keys(problems).length > 0;
  const change = (patch: Partial<PushForm>) => setForm((before) => ({ ...before, ...patch }));

  const push = () => {
    setTried(true);
    if (hasProblem) return;
    const choice = { options: toPushOptions(form), run: toRunOptions(form) };
    void pushing.run(() => startAndShow('push', selection, choice));
  };
  const plan = () => {
    setTried(true);
    if (hasProblem) return;
    void planning.run(async () =>
      setPlanId(await start('plan', selection, { options: toPushOptions(form) })),
    );
  };
  return (
    <Dialog onClose={onClose} title={`Push trust to ${what}`} size={planId ? 880 : 720}>
      <Stack gap="lg">
        {count > 1 ? <PaceFields form={form} count={count} onChange={change} /> : null}
        <WhereFields
          form={form}
          permitted={permitted}
          problems={isTried ? problems : {}}
          engines={engines}
          onChange={change}
        >
          <Checkbox
            label="Accept the host keys of devices that were never met"
            description="The key that is shown is remembered without anyone having compared it. Keys that have changed are refused all the same."
            checked={form.acceptNewHostKeys}
            onChange={(event) => change({ acceptNewHostKeys: event.currentTarget.checked })}
          />
        </WhereFields>
        {planId ? (
          <section aria-label="Plan" className={classes.plan}>
            <PlanView jobId={planId} form={form} onChange={change} />
          </section>
        ) : null}
        <DialogActions note="Only what differs is written, and all of it can be undone.">
          <Button
            variant="default"
            loading={planning.isBusy}
            leftSection={<IconFileDiff size={16} aria-hidden />}
            onClick={plan}
          >
            {planId ? 'Look again' : 'See what would change'}
          </Button>
          <Button
            data-autofocus
            loading={pushing.isBusy}
            leftSection={<IconShieldUp size={16} aria-hidden />}
            onClick={push}
          >
            Push trust to {what}
          </Button>
        </DialogActions>
      </Stack>
    </Dialog>
  );
};
