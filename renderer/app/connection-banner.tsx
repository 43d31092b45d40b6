import { Loader } from '@mantine/core';
import { useSelect } from '../stores.tsx';
import classes from './connection-banner.module.css';

/** Says that what is shown may be old, while the connection to the main process is away. */
export const ConnectionBanner = () => {
  const isOpen = useSelect('connection', (state) => state.phase === 'open');
  if (isOpen) return null;
  return (
    <div className={classes.banner} role="alert">
      <Loader size={14} color="currentColor" aria-hidden />
      <span>
        <strong>Connection lost.</strong> What you see may be out of date. Trying again; if Mooring was
        stopped, start it and run <span className="mono">mooring open</span>.
      </span>
    </div>
  );
};
