import { Group, Text } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconCheck } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import type { SetupResult } from '#shared/model/setup.ts';
import { AppMenu } from '../../app/app-menu.tsx';
import { ConnectionBanner } from '../../app/connection-banner.tsx';
import { useClient } from '../../stores.tsx';
import { Logo } from '../../ui/logo.tsx';
import { useSending } from '../../use-action.ts';
import { emptySetup, setupChecks, setupFields, toSetupInput, type SetupForm } from './setup-form.ts';
import { StepCertificate } from './step-certificate.tsx';
import { StepReady } from './step-ready.tsx';
import { StepRegistry } from './step-registry.tsx';
import { usePreview } from './use-preview.ts';
import classes from './first-run.module.css';

const STEPS = ['Your registry', 'Its certificate', 'Ready'];

/** Fields of the first step: an error there leads back to it. */
const FIRST_STEP = new Set(['name', 'otherNames', 'addresses', 'port', 'pull']);

export const FirstRun = () => {
  const client = useClient();
  const [step, setStep] = useState(0);
  const [result, setResult] = useState<SetupResult | null>(null);
  const form = useForm<SetupForm>({ initialValues: emptySetup, validate: setupChecks });
  const preview = usePreview(form.values);
  const setErrors = (errors: Record<string, string>) => {
    form.setErrors(errors);
    if (Object.keys(errors).some((field) => FIRST_STEP.has(field))) setStep(0);
  };
  const { isBusy, error, run, clear } = useSending({ setErrors }, setupFields);
  const heading = useRef<HTMLHeadingElement>(null);

  useEffect(() => heading.current?.focus(), [step]);

  const goBack = (target: number) => {
    clear();
    setStep(target);
  };
  const create = async () => {
    if (form.validate().hasErrors) return;
    await run(async () => {
      setResult(await client.setup.create(toSetupInput(form.values, preview.data?.addresses ?? [])));
      setStep(2);
    });
  };

  return (
    <div className={classes.screen}>
      <header className={classes.top}>
        <Group gap={10}>
          <Logo size={26} />
          <Text fw={650}>Mooring</Text>
        </Group>
        <AppMenu />
      </header>
      <main className={classes.scroll}>
        <ConnectionBanner />
        <div className={classes.column}>
          <Steps current={step} />
          <div className={classes.panel}>
            <h1 className={classes.heading} ref={heading} tabIndex={-1}>
              {STEPS[step]}
            </h1>
            {step === 0 ? <StepRegistry form={form} preview={preview} onContinue={() => setStep(1)} /> : null}
            {step === 1 ? (
              <StepCertificate
                form={form}
                preview={preview}
                error={error}
                isBusy={isBusy}
                onBack={() => goBack(0)}
                onCreate={() => void create()}
              />
            ) : null}
            {step === 2 && result ? <StepReady result={result} /> : null}
          </div>
        </div>
      </main>
    </div>
  );
};

const Steps = ({ current }: { current: number }) => (
  <ol className={classes.steps} aria-label="Steps">
    {STEPS.map((title, index) => (
      <li
        key={title}
        className={classes.step}
        data-state={index < current ? 'done' : index === current ? 'current' : 'ahead'}
        aria-current={index === current ? 'step' : undefined}
      >
        <span className={classes.number} aria-hidden="true">
          {index < current ? <IconCheck size={14} stroke={2.5} /> : index + 1}
        </span>
        {title}
      </li>
    ))}
  </ol>
);
