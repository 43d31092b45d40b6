import { randomUUID } from 'node:crypto';
import { AppError } from '#shared/errors.ts';
import type { ImportPreviewPage } from '#shared/model/device-import.ts';

/** A text that somebody looks at; of the next one a person looks at, the first is no longer needed. */
const mostKept = 4;

/** The last previews, whole, of which pages are asked for. They hold no secret. */
export const createPreviews = () => {
  const kept = new Map<string, ImportPreviewPage>();
  return {
    keep(preview: ImportPreviewPage): string {
      const id = randomUUID();
      kept.set(id, preview);
      const [oldest] = kept.keys();
      if (kept.size > mostKept && oldest !== undefined) kept.delete(oldest);
      return id;
    },
    /** @throws AppError NOT_FOUND */
    page({ preview, offset, limit }: { preview: string; offset: number; limit: number }): ImportPreviewPage {
      const whole = kept.get(preview);
      if (!whole) throw new AppError('NOT_FOUND', { kind: 'preview', id: preview });
      return {
        rows: whole.rows.slice(offset, offset + limit),
        problems: whole.problems.slice(offset, offset + limit),
      };
    },
  };
};
