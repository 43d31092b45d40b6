import type { Page } from '@playwright/test';

/** What was copied, pasted by keyboard: the page itself may not read the clipboard. */
export const pasted = async (page: Page): Promise<string> => {
  const field = await page.evaluateHandle(() =>
    document.body.appendChild(document.createElement('textarea')),
  );
  await field.focus();
  await page.keyboard.press('ControlOrMeta+V');
  const text = await field.evaluate((element) => element.value);
  await field.evaluate((element) => {
    element.remove();
  });
  return text;
};
