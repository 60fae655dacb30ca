import react from '@vitejs/plugin-react';
import { defaultClientConditions, defineConfig } from 'vite';

export default defineConfig({
  // Relative, so that the page works below a base path.
  base: './',
  plugins: [react()],
  resolve: { conditions: ['@valetkey/source', ...defaultClientConditions] },
  build: {
    target: 'es2023',
    // A strict policy takes no inline script or style, and no data: URL but for images.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700,
  },
});
