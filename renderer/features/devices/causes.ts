import { sharedTexts } from '#shared/causes.ts';

/** What keeps several devices from pulling, in few words. */
export const causeTitle = (code: string): string => sharedTexts(code).title;
