import react from '@vitejs/plugin-react';
import postcssPresetMantine from 'postcss-preset-mantine';
import { defineConfig } from 'vite';

/**
 * `base: './'` because the same files are served from `app://` and from a host on loopback. Assets are never inlined: the content security
 * policy has no `data:`.
 */
export default defineConfig({
  root: import.meta.dirname,
  base: './',
  cacheDir: '../.cache/vite',
  plugins: [react()],
  css: { postcss: { plugins: [postcssPresetMantine()] } },
  build: {
    outDir: '../dist/renderer',
    emptyOutDir: true,
    target: 'es2024',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1200,
  },
  server: { fs: { allow: ['..'] } },
});
