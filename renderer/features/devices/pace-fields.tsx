import { Checkbox, Group, NumberInput, Radio, Stack, Text } from '@mantine/core';
import { waveSizes, waveWords, type PushForm } from './push-form.ts';
import classes from './push-dialog.module.css';

interface PaceFieldsProps {
  form: PushForm;
  count: number;
  onChange(patch: Partial<PushForm>): void;
}

const whole = (value: string | number): number | '' => (typeof value === 'number' ? value : '');

/** In which steps a run goes over its devices, and when it goes no further. */
export const PaceFields = ({ form, count, onChange }: PaceFieldsProps) => (
  <Radio.Group
    label="How fast"
    value={form.pace}
    onChange={(pace) => onChange({ pace: pace as PushForm['pace'] })}
  >
    <Stack gap="xs" mt={6}>
      <Radio value="waves" label="In waves: a mistake meets few devices first" />
      {form.pace === 'waves' ? (
        <div className={classes.nested}>
          <div className={classes.sentence}>
            <span>First</span>
            <NumberInput
              aria-label="Devices in the first wave"
              className={classes.number}
              min={1}
              max={count}
              allowDecimal={false}
              hideControls
              value={form.first}
              onChange={(value) => onChange({ first: whole(value) })}
            />
            <span>{form.first === 1 ? 'device' : 'devices'}, then</span>
            <NumberInput
              aria-label="Percent in the second wave"
              className={classes.number}
              min={1}
              max={100}
              allowDecimal={false}
              hideControls
              value={form.percent}
              onChange={(value) => onChange({ percent: whole(value) })}
            />
            <span>%, then the rest.</span>
            <Text size="sm" c="dimmed" component="span">
              {waveWords(waveSizes(form, count))}
            </Text>
          </div>
          <div className={classes.sentence}>
            <span>Go no further once more than</span>
            <NumberInput
              aria-label="Stop after this many failures"
              className={classes.number}
              min={0}
              max={count}
              allowDecimal={false}
              hideControls
              placeholder="any"
              value={form.stopAfter}
              onChange={(value) => onChange({ stopAfter: whole(value) })}
            />
            <span>have failed.</span>
          </div>
          <Checkbox
            label="Pause after each wave, so that I can look"
            checked={form.pauseAfterWave}
            onChange={(event) => onChange({ pauseAfterWave: event.currentTarget.checked })}
          />
        </div>
      ) : null}
      <Group gap="xs">
        <Radio value="at-once" label="All at once" />
      </Group>
    </Stack>
  </Radio.Group>
);
