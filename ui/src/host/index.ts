/** Chooses the host this page runs in. */
import type { Host } from './host';
import { httpHost } from './http';

export { Problem, type Host } from './host';

export async function findHost(): Promise<Host> {
  if (!('__TAURI_INTERNALS__' in window)) return httpHost;
  return (await import('./tauri')).tauriHost;
}
