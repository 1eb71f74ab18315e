/**
 * Two apps from one tree: `--mode field` is the driver's, `--mode office` the dispatcher's. `--mode gallery`
 * shows what both are made of; it is for whoever builds them, and in neither.
 *
 * Both are plain static files with relative addresses, because the field app is served by a web view
 * and the office app out of the hub's own binary.
 */
import { resolve } from 'node:path';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

/** Web views as old as Chrome 87 do not know `:where()`, with which Svelte scopes its selectors. */
function plainScopes(): Plugin {
  return {
    name: 'plain-scopes',
    transform(code, id) {
      if (!id.includes('lang.css')) return undefined;
      return { code: code.replace(/:where\((\.svelte-[a-z0-9]+)\)/g, '$1'), map: null };
    },
  };
}

const FORWARDED = {
  field: ['/ipc', '/camera', '/blob', '/events', '/bench/state', '/bench/airplane', '/bench/place'],
  office: ['/v1'],
  gallery: [],
};
type App = keyof typeof FORWARDED;
const isApp = (mode: string): mode is App => mode in FORWARDED;

export default defineConfig(({ mode }) => {
  const app = isApp(mode) ? mode : 'field';
  const pages = app === 'field' ? ['index.html', 'bench.html'] : ['index.html'];
  const target = process.env.WAYBILL_HOST ?? 'http://127.0.0.1:4800';
  const root = resolve(import.meta.dirname, app === 'gallery' ? '.' : 'src', app);
  return {
    root: mode === 'test' ? import.meta.dirname : root,
    base: './',
    publicDir: resolve(import.meta.dirname, 'public'),
    plugins: [svelte({ configFile: resolve(import.meta.dirname, 'svelte.config.js') }), plainScopes()],
    server: { proxy: Object.fromEntries(FORWARDED[app].map((path) => [path, { target }])) },
    build: {
      target: ['chrome87', 'safari14'],
      outDir: resolve(import.meta.dirname, 'dist', app),
      emptyOutDir: true,
      // A picture inside the script would have to be parsed before the first screen.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      rolldownOptions: { input: pages.map((page) => resolve(root, page)) },
    },
    test: { include: ['src/**/*.test.ts'], environment: 'node' },
  };
});
