/// <reference types="vitest/config" />
import { fileURLToPath } from 'node:url';
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { openApiDocument } from './plugins/openapi';
import { precompress } from './plugins/precompress';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

// Where the development server finds the platform; the built pages are served by the platform itself.
const platform = process.env['CLOUDCART_URL'] ?? 'http://127.0.0.1:5174';

export default defineConfig({
  plugins: [react(), tailwindcss(), openApiDocument(here('../api/openapi.yaml')), precompress()],
  build: {
    target: 'es2022',
    // Inlined assets would be data: addresses, which the content security policy allows for images only.
    assetsInlineLimit: 0,
    // The API viewer ships as one prebuilt file and is loaded by the reference page alone.
    chunkSizeWarningLimit: 800,
    rollupOptions: {
      input: { main: here('./index.html'), docs: here('./docs/index.html') },
    },
  },
  server: {
    port: 5175,
    proxy: { '/api': { target: platform, changeOrigin: true, ws: true }, '/health': { target: platform, changeOrigin: true } },
  },
  test: {
    environment: 'jsdom',
    setupFiles: ['./src/test/setup.ts'],
    restoreMocks: true,
    unstubGlobals: true,
    testTimeout: 60_000,
    env: {
      // Figures are formatted for a place; the tests name it instead of taking the machine's.
      TZ: 'UTC',
      // Whoever waits for an element would print the page each time that it is not there yet: a tenth of the tests' time.
      // DEBUG_PRINT_LIMIT=7000 shows it where a test fails.
      DEBUG_PRINT_LIMIT: process.env['DEBUG_PRINT_LIMIT'] ?? '0',
    },
  },
});
