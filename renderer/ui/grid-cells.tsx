import type { ReactNode } from 'react';
import classes from './grid-cells.module.css';

/*
 * Parts of grid cells as plain elements. A screen of rows has hundreds of them, and a person scrolls through thousands:
 * the components of the library would cost ten times as much.
 */

interface LinesProps {
  first: string;
  /** Quiet, below. */
  second?: string;
  isQuiet?: boolean;
}

/** One line that ends in an ellipsis when it must, a quiet one below; the whole on hover. */
export const Lines = ({ first, second = '', isQuiet = false }: LinesProps) => (
  <>
    <div className={classes.first} data-quiet={isQuiet || undefined} title={first}>
      {first}
    </div>
    {second ? (
      <div className={classes.second} title={second}>
        {second}
      </div>
    ) : null}
  </>
);

/** A sentence in at most two lines. */
export const Sentence = ({ text, isQuiet = false }: { text: string; isQuiet?: boolean }) => (
  <div className={classes.sentence} data-quiet={isQuiet || undefined} title={text}>
    {text}
  </div>
);

interface GridLinkProps {
  href: string;
  text: string;
  tabIndex: number;
}

export const GridLink = ({ href, text, tabIndex }: GridLinkProps) => (
  <a href={href} tabIndex={tabIndex} className={classes.link} title={text}>
    {text}
  </a>
);

interface TickProps {
  label: string;
  tabIndex: number;
  isTicked: boolean;
  onTick(isTicked: boolean): void;
}

export const Tick = ({ label, tabIndex, isTicked, onTick }: TickProps) => (
  <input
    type="checkbox"
    className={classes.tick}
    aria-label={label}
    tabIndex={tabIndex}
    checked={isTicked}
    onChange={(event) => onTick(event.currentTarget.checked)}
  />
);

interface GridButtonProps {
  label: string;
  tabIndex: number;
  onClick(): void;
  children: ReactNode;
}

export const GridButton = ({ label, tabIndex, onClick, children }: GridButtonProps) => (
  <button type="button" className={classes.button} aria-label={label} tabIndex={tabIndex} onClick={onClick}>
    {children}
  </button>
);
