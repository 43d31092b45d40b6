import type { ReactNode } from 'react';
import classes from './dialog-actions.module.css';

interface DialogActionsProps {
  /** A quiet sentence at the left. */
  note?: string;
  children: ReactNode;
}

/** Buttons at the foot of a dialog; they stay in view when its content scrolls. */
export const DialogActions = ({ note, children }: DialogActionsProps) => (
  <div className={classes.actions}>
    <span className={classes.note}>{note}</span>
    {children}
  </div>
);
