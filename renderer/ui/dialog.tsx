// eslint-disable-next-line no-restricted-imports -- here and nowhere else
import { Modal, type ModalProps } from '@mantine/core';
import { keepFocus, useFocusReturn } from './use-focus-return.ts';

type DialogProps = Omit<ModalProps, 'opened'> & {
  /** Left out where the dialog is on the page only while it is open. */
  opened?: boolean;
};

/** The one way to show a dialog: it holds the focus while it is open and gives it back, whichever way it is opened and closed. */
export const Dialog = ({ opened = true, children, ...props }: DialogProps) => {
  useFocusReturn(opened);
  return (
    <Modal opened={opened} {...props}>
      <div ref={keepFocus}>{children}</div>
    </Modal>
  );
};

/** The same for a dialog of Mantine's manager: a part of its content. */
export const FocusReturn = () => {
  useFocusReturn(true);
  return null;
};
