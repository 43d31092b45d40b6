/** Errors of the simulated fleet. */
export const demoErrors = {
  DEMO_NOT_STARTED: {
    title: 'The simulated fleet did not start: {problem}',
    cause: 'The process that plays the devices could not run, or found no free ports on this computer.',
    next: 'Try again; if it stays, look into Logs under "demo".',
  },
  DEMO_NOT_RUNNING: {
    title: 'There is no simulated fleet',
    cause: 'It was stopped, or never started.',
    next: 'Start it with "Try it with a simulated fleet" or `mooring demo start`.',
  },
  DEMO_NOTHING_TO_CHANGE: {
    title: '{device} has nothing of Mooring that could drift',
    cause: 'Trust was not pushed to it yet, or was undone.',
    next: 'Push trust to it first.',
  },
};
