import type { ReactNode } from 'react';
import classes from './facts.module.css';

export interface Fact {
  term: string;
  value: ReactNode;
}

/** Terms and values in two aligned columns. */
export const Facts = ({ facts }: { facts: Fact[] }) => (
  <dl className={classes.facts}>
    {facts.map((fact) => (
      <div key={fact.term} className={classes.row}>
        <dt className={classes.term}>{fact.term}</dt>
        <dd className={classes.value}>{fact.value}</dd>
      </div>
    ))}
  </dl>
);
