/** A host behind HTTP: the phone's engine on the same machine, for a browser. */
import type { Topic } from '../api/generated/field';
import { Problem, type Host } from './host';

/** Posts and reads JSON; whatever goes wrong becomes a {@link Problem}. */
export async function ask(path: string, body: BodyInit, type: string): Promise<unknown> {
  return read(path, { method: 'POST', body, headers: { 'content-type': type } });
}

/** Reads JSON. */
export async function look(path: string): Promise<unknown> {
  return read(path, {});
}

async function read(path: string, init: RequestInit): Promise<unknown> {
  let answer: Response;
  try {
    answer = await fetch(path, init);
  } catch (thrown) {
    throw new Problem('host_unreachable', 'later', String(thrown));
  }
  const said: unknown = await answer.json().catch(() => null);
  if (answer.ok) return said;
  if (said === null) throw new Problem('unexpected', 'never', `HTTP ${answer.status}`);
  throw Problem.from(said);
}

export const httpHost: Host = {
  async call(command, args) {
    return (await ask(`/ipc/${command}`, JSON.stringify(args), 'application/json')) as never;
  },
  async takePhoto(picture) {
    const type = picture.type || 'application/octet-stream';
    return ((await ask('/camera', picture, type)) as { shot: string }).shot;
  },
  blobUrl: (hash) => `/blob/${hash}`,
  onChanged(listen) {
    const events = new EventSource('/events');
    events.onmessage = (event) => listen(event.data as Topic);
    return () => events.close();
  },
};
