import { notifications } from '@mantine/notifications';
import type { ErrorView } from '../error-view.ts';

const closeButtonProps = { 'aria-label': 'Dismiss' };

/** Something was done. */
export const showDone = (title: string, message = ''): void => {
  notifications.show({ title, message, color: 'green', closeButtonProps });
};

/** Something failed away from any form. Stays until dismissed. */
export const showError = (error: Pick<ErrorView, 'title' | 'next'>): void => {
  notifications.show({
    title: error.title,
    message: error.next,
    color: 'red',
    autoClose: false,
    closeButtonProps,
  });
};
