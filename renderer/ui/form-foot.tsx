import { Button } from '@mantine/core';
import { DialogActions } from './dialog-actions.tsx';
import { ErrorNote, type ErrorNoteProps } from './error-note.tsx';

interface FormFootProps {
  /** What the form does. */
  verb: string;
  isBusy: boolean;
  error: ErrorNoteProps | null;
  onCancel(): void;
  cancel?: string;
  /** A quiet sentence at the left. */
  note?: string;
  disabled?: boolean;
  /** It takes away. */
  isDanger?: boolean;
}

/** The end of a form in a dialog: what went wrong, the way back and the way on. */
export const FormFoot = ({ verb, isBusy, error, onCancel, cancel = 'Cancel', ...more }: FormFootProps) => (
  <>
    {error ? <ErrorNote {...error} /> : null}
    <DialogActions {...(more.note !== undefined && { note: more.note })}>
      <Button variant="default" onClick={onCancel}>
        {cancel}
      </Button>
      <Button
        type="submit"
        loading={isBusy}
        disabled={more.disabled ?? false}
        {...(more.isDanger && { color: 'red' })}
      >
        {verb}
      </Button>
    </DialogActions>
  </>
);
