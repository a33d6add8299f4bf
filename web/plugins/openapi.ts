import { readFileSync } from 'node:fs';
import type { Plugin } from 'vite';
import { parse } from 'yaml';

/** Publishes the HTTP contract as `/openapi.json`: a file of the build, and a route of the development server. */
export function openApiDocument(source: string): Plugin {
  const toJson = () => JSON.stringify(parse(readFileSync(source, 'utf8')));
  return {
    name: 'openapi-document',
    generateBundle() {
      this.emitFile({ type: 'asset', fileName: 'openapi.json', source: toJson() });
    },
    configureServer(server) {
      server.middlewares.use('/openapi.json', (_request, response) => {
        response.setHeader('Content-Type', 'application/json');
        response.end(toJson());
      });
    },
  };
}
