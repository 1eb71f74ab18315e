// Pages that no program of the product serves: built for a test, and shown by it.
import { execFileSync } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { here } from './process.ts';

const UI = here('../../ui');
const TYPES: Record<string, string> = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' };

/** Builds the gallery of parts and serves it; answers where, and how to stop. */
export async function serveGallery(): Promise<{ url: string; stop: () => void }> {
  const vite = path.join(UI, 'node_modules/vite/bin/vite.js');
  execFileSync(process.execPath, [vite, 'build', '--mode', 'gallery', '--logLevel', 'warn'], { cwd: UI, stdio: 'pipe' });
  const server: Server = createServer((asked, answer) => {
    const name = path.normalize(new URL(asked.url ?? '/', 'http://gallery').pathname).replace(/^\/$/, '/index.html');
    readFile(path.join(UI, 'dist/gallery', name)).then(
      (bytes) => answer.writeHead(200, { 'content-type': TYPES[path.extname(name)] ?? 'application/octet-stream' }).end(bytes),
      () => answer.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return { url: `http://127.0.0.1:${port}`, stop: () => server.close() };
}
