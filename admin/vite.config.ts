// How the portal becomes static files: `npm run build:pages` and `npm start` run it through scripts/build-pages.ts.
import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: '/admin/',
  plugins: [react()],
  // The server replaces the word with a fresh nonce in every answer (server/src/portal).
  html: { cspNonce: 'NONCE_OF_THIS_ANSWER' },
  build: {
    target: 'es2023',
    // The content security policy has no data: addresses.
    assetsInlineLimit: 0,
    // One script for what every page needs, one for each page: the sign-in page loads little else.
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
})
