/** The lines of a text from any editor: without a byte order mark, whichever way they end. */
export const textLines = (text: string): string[] => text.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/);
