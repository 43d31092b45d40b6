import { useLayoutEffect, useState } from 'react';

/** Who is to have the focus again; an item of a menu goes with its menu, so that is the menu's button. */
export const openerOf = (focused: Element | null): Element | null => {
  const button = focused?.closest('[role="menu"]')?.getAttribute('aria-labelledby') ?? null;
  return button === null ? focused : document.getElementById(button);
};

const isLost = (focused: Element | null): boolean =>
  focused === null || focused === document.body || focused.closest('[role="dialog"]') !== null;

/**
 * Gives the focus back when a dialog closes or leaves the page. Mantine does so only for dialogs that were on the page
 * before they opened, and never to the button of a menu.
 */
export const useFocusReturn = (isOpen: boolean): void => {
  const [returning] = useState(() => {
    let opener: Element | null = null;
    return {
      note: () => (opener = openerOf(document.activeElement)),
      giveBack() {
        if (opener instanceof HTMLElement && isLost(document.activeElement))
          opener.focus({ preventScroll: true });
        opener = null;
      },
    };
  });
  // Not when the effect of the open dialog ends: React puts the focus back into a dialog that is still on the page.
  useLayoutEffect(() => {
    if (isOpen) returning.note();
    else returning.giveBack();
  }, [isOpen, returning]);
  useLayoutEffect(() => returning.giveBack, [returning]);
};

/** A ref for the content of a dialog: when what has the focus goes, as with the step of a wizard, the dialog gets it. */
export const keepFocus = (content: HTMLElement | null) => {
  const dialog = content?.closest<HTMLElement>('[role="dialog"]');
  if (!dialog) return undefined;
  const observer = new MutationObserver(() => {
    if (document.activeElement !== document.body) return;
    (dialog.querySelector<HTMLElement>('[data-autofocus]') ?? dialog).focus({ preventScroll: true });
  });
  observer.observe(dialog, { childList: true, subtree: true });
  return () => observer.disconnect();
};
