/** The office's way to the hub: JSON over HTTP and one stream that says what to read again. */
import type { Problem as ProblemBody } from '../api/generated/office';
import { Problem } from './host';

export type Change = 'runs' | 'feed' | 'devices';

/** Asks the hub; throws a {@link Problem}. A missing session is `not_signed_in`. */
export async function askHub<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
  const init: RequestInit = { method, credentials: 'same-origin' };
  if (body !== undefined) {
    init.body = JSON.stringify(body);
    init.headers = { 'content-type': 'application/json' };
  }
  let answer: Response;
  try {
    answer = await fetch(path, init);
  } catch (thrown) {
    throw new Problem('hub_unreachable', 'later', String(thrown));
  }
  const said: unknown = await answer.json().catch(() => null);
  if (answer.ok) return said as Answer;
  const code = (said as ProblemBody | null)?.code;
  if (answer.status === 401) throw new Problem(code ?? 'not_signed_in', 'after_sign_in', '');
  throw new Problem(code ?? 'unexpected', answer.status >= 500 ? 'later' : 'never', `HTTP ${answer.status}`);
}

/** Listens for changes; says `true` and `false` as the line comes and goes. */
export function onHubChanged(listen: (change: Change) => void, line: (isUp: boolean) => void): () => void {
  const events = new EventSource('/v1/changes');
  events.onopen = () => line(true);
  events.onerror = () => line(false);
  events.onmessage = (event) => listen(event.data as Change);
  return () => events.close();
}
