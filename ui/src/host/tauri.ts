/** A host inside the native shell. No other file may import from `@tauri-apps`. */
import { convertFileSrc, invoke } from '@tauri-apps/api/core';
import { listen } from '@tauri-apps/api/event';
import type { Topic } from '../api/generated/field';
import { Problem, type Host } from './host';

async function ask(command: string, args: Record<string, unknown> | ArrayBuffer): Promise<unknown> {
  try {
    return await invoke(command, args);
  } catch (thrown) {
    throw Problem.from(thrown);
  }
}

export const tauriHost: Host = {
  async call(command, args) {
    return (await ask('call', { command, args })) as never;
  },
  async takePhoto(picture) {
    return ((await ask('take_shot', await picture.arrayBuffer())) as { shot: string }).shot;
  },
  blobUrl: (hash) => convertFileSrc(hash, 'pod'),
  onChanged(tell) {
    const stop = listen<Topic>('changed', (event) => tell(event.payload));
    return () => void stop.then((unlisten) => unlisten());
  },
};
