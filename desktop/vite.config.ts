// How the desktop becomes static files: `npm run build:pages` and `npm start` run it through scripts/build-pages.ts.
import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: '/assets/',
  plugins: [react()],
  // The server replaces the word with a fresh nonce in every answer (server/src/connect).
  html: { cspNonce: 'NONCE_OF_THIS_ANSWER' },
  build: {
    target: 'es2023',
    // The content security policy has no data: addresses.
    assetsInlineLimit: 0,
    // Beside the service's own files, in a folder of its own.
    assetsDir: 'desktop',
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    // AWS's own library is most of it; it comes as one file.
    chunkSizeWarningLimit: 1600,
  },
})
