import { repositoryScope } from '../auth/scopes.ts';
import { replyJson } from '../http/reply.ts';
import type { Routes } from './context.ts';
import { linkTo, pageOf } from './paging.ts';

/** `GET /v2/<name>/tags/list` */
export const tagRoutes = (name: string): Routes => ({
  GET: {
    scopes: [repositoryScope(name, 'pull')],
    async run({ storage }, { response, query }) {
      const { items, next } = pageOf(await storage.tags.list(name), query);
      replyJson(response, 200, { name, tags: items }, linkTo(`/v2/${name}/tags/list`, next));
    },
  },
});
