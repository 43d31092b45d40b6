import { modals } from '@mantine/modals';
import type { ReactNode } from 'react';
import { FocusReturn } from './dialog.tsx';

export interface Question {
  title: string;
  text: ReactNode;
  verb: string;
  /** What the other button says. */
  cancel?: string;
}

/** Asks before something that takes away. */
export const confirm = ({ title, text, verb, cancel = 'Cancel' }: Question, onConfirm: () => void): void => {
  modals.openConfirmModal({
    title,
    children: (
      <>
        <FocusReturn />
        {text}
      </>
    ),
    labels: { confirm: verb, cancel },
    cancelProps: { 'data-autofocus': true },
    confirmProps: { color: 'red' },
    onConfirm,
  });
};
