import { Checkbox, Radio, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import type { RuntimeKind } from '#shared/model/devices.ts';
import type { PermittedNames } from '#shared/model/pki.ts';
import { ErrorNote } from '../../ui/error-note.tsx';
import { engineName } from './device-view.ts';
import { isUnlimited, systemWarning, type PushForm } from './push-form.ts';
import classes from './push-dialog.module.css';

interface WhereFieldsProps {
  form: PushForm;
  permitted: PermittedNames | null;
  problems: Partial<Record<keyof PushForm, string>>;
  onChange(patch: Partial<PushForm>): void;
}

interface EnginesProps {
  /** What can be chosen, and how many devices have it where that says something. */
  engines: { name: RuntimeKind; count?: number }[];
  /** Further choices, below. */
  children?: ReactNode;
}

/** Where on a device trust goes: engines, the system, the name. */
export const WhereFields = (props: WhereFieldsProps & EnginesProps) => {
  const { form, permitted, problems, engines, onChange, children } = props;
  return (
    <Stack gap="md">
      <Radio.Group
        label="Where trust goes"
        value={form.runtimes}
        onChange={(runtimes) => onChange({ runtimes: runtimes as PushForm['runtimes'] })}
      >
        <Stack gap="xs" mt={6}>
          <Radio value="all" label="To every engine that is found on a device" />
          {engines.length > 1 || form.runtimes === 'some' ? (
            <Radio value="some" label="To these engines only" />
          ) : null}
          {form.runtimes === 'some' ? (
            <Checkbox.Group
              aria-label="Engines"
              className={classes.nested}
              error={problems.chosen}
              value={form.chosen}
              onChange={(chosen) => onChange({ chosen: chosen as RuntimeKind[] })}
            >
              <div className={classes.engines}>
                {engines.map(({ name, count }) => (
                  <Checkbox
                    key={name}
                    value={name}
                    label={engineName(name) + (count === undefined ? '' : ` (${count})`)}
                  />
                ))}
              </div>
            </Checkbox.Group>
          ) : null}
        </Stack>
      </Radio.Group>
      <Stack gap="xs">
        <Checkbox
          label="Also into the trust store of the operating system"
          description="For programs that are no engine: curl, Git, a Go program."
          checked={form.system}
          onChange={(event) => onChange({ system: event.currentTarget.checked })}
        />
        {form.system ? (
          <SystemFields form={form} permitted={permitted} problems={problems} onChange={onChange} />
        ) : null}
        <Checkbox
          label="Write the registry's name into /etc/hosts"
          description="One marked line, for engines that cannot resolve .local names. Not on balenaOS, where it does not last."
          checked={form.pinName}
          onChange={(event) => onChange({ pinName: event.currentTarget.checked })}
        />
        {children}
      </Stack>
    </Stack>
  );
};

const SystemFields = ({ form, permitted, problems, onChange }: WhereFieldsProps) => (
  <div className={classes.nested}>
    <ErrorNote
      tone="warn"
      isLive={false}
      title="More than engines will believe this CA"
      cause={systemWarning(permitted)}
      next=""
      action={
        isUnlimited(permitted) ? (
          <Checkbox
            label="I know what this allows, and want it on these devices"
            checked={form.acceptUnconstrained}
            error={problems.acceptUnconstrained}
            onChange={(event) => onChange({ acceptUnconstrained: event.currentTarget.checked })}
          />
        ) : null
      }
    />
    <Checkbox
      label="Restart what must restart to see it"
      description="Docker and containerd read the trust store once, when they start. Restarting them may stop containers; the plan names what it is on each device."
      checked={form.restart}
      onChange={(event) => onChange({ restart: event.currentTarget.checked })}
    />
    {form.restart ? null : (
      <Text size="xs" c="dimmed">
        Without it they see the CA after their next start.
      </Text>
    )}
  </div>
);
