import { runMain } from './layout.mjs';
import { prepare } from './setup.mjs';

// `npm run build`: always builds, also when nothing changed.
runMain(async () => {
  await prepare({ force: true });
});
