import { catalogScope } from '../auth/scopes.ts';
import { replyJson } from '../http/reply.ts';
import { linkTo, pageOf } from './paging.ts';
import type { Routes } from './context.ts';

/** `GET /v2/`: is this a registry, and how does one log in. */
export const baseRoutes: Routes = {
  GET: { scopes: [], run: async (_context, { response }) => replyJson(response, 200, {}) },
};

/** `GET /v2/_catalog`: not in the specification, but tools use it. */
export const catalogRoutes: Routes = {
  GET: {
    scopes: [catalogScope],
    async run({ storage }, { response, query }) {
      const { items, next } = pageOf(await storage.repositories(), query);
      replyJson(response, 200, { repositories: items }, linkTo('/v2/_catalog', next));
    },
  },
};
