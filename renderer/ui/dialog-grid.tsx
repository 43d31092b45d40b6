import type { ReactNode } from 'react';
import classes from './dialog-grid.module.css';

/** Around a grid in a dialog: without a limit to its height it would hold every row. */
export const DialogGrid = ({ children }: { children: ReactNode }) => (
  <div className={classes.frame}>{children}</div>
);
