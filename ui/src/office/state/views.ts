/** The office's questions to the hub, by name. */
import type {
  CloseIncident,
  CloseMatter,
  DevicesView,
  FeedView,
  Invite,
  InviteView,
  JobPage,
  PatchJob,
  PeopleView,
  PutPerson,
  QueueView,
  RunPage,
  RunsView,
} from '../../api/generated/office';
import type { Strokes } from '../../api/generated/field';
import { askHub } from '../../host/hub';
import { Watched } from '../../state/watched.svelte';

const piece = encodeURIComponent;
const jobPath = (run_id: string, job_id: string) => `/v1/runs/${piece(run_id)}/jobs/${piece(job_id)}`;

export const runsOf = (day: string) => new Watched(() => askHub<RunsView>('GET', `/v1/runs${day && `?day=${piece(day)}`}`));
export const runOf = (run_id: string) => new Watched(() => askHub<RunPage>('GET', `/v1/runs/${piece(run_id)}`));
export const jobOf = (run_id: string, job_id: string) =>
  new Watched(() => askHub<JobPage>('GET', jobPath(run_id, job_id)));
export const queue = () => new Watched(() => askHub<QueueView>('GET', '/v1/queue'));
export const devices = () => new Watched(() => askHub<DevicesView>('GET', '/v1/devices'));
export const people = () => new Watched(() => askHub<PeopleView>('GET', '/v1/people'));

export const feedAfter = (after: number) => askHub<FeedView>('GET', `/v1/feed?after=${after}&limit=100`);
export const patchJob = (run_id: string, job_id: string, patch: PatchJob) =>
  askHub<unknown>('PATCH', jobPath(run_id, job_id), patch);
export const putPerson = (person_id: string, person: PutPerson) =>
  askHub<unknown>('PUT', `/v1/people/${piece(person_id)}`, person);
export const invite = (wanted: Invite) => askHub<InviteView>('POST', '/v1/enrolments', wanted);
export const closeIncident = (device_id: string, close: CloseIncident) =>
  askHub<unknown>('POST', `/v1/devices/${piece(device_id)}/incidents/close`, close);
export const closeMatter = (run_id: string, close: CloseMatter) =>
  askHub<unknown>('POST', `/v1/runs/${piece(run_id)}/matters/close`, close);
export const revoke = (device_id: string) => askHub<unknown>('POST', `/v1/devices/${piece(device_id)}/revoke`);

export const blobPath = (run_id: string, job_id: string, hash: string) =>
  `${jobPath(run_id, job_id)}/blobs/${piece(hash)}`;
export const strokesOf = (run_id: string, job_id: string, hash: string) =>
  askHub<Strokes>('GET', blobPath(run_id, job_id, hash));
