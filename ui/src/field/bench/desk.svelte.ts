/** What the bench knows and can switch: air and place. Only a host behind HTTP has a bench. */
import type { LatLon } from '../../api/generated/field';
import { Problem, type Host } from '../../host/host';
import { ask, look } from '../../host/http';

interface BenchState {
  airplane: boolean;
  place: { at: LatLon; accuracy_m: number } | null;
  person: string | null;
  device: string | null;
}

export interface Door {
  customer: string;
  at: LatLon;
}

/** About two kilometres north of a door: outside any radius a policy may name. */
const AWAY_E6 = 18_000;
const ACCURACY_M = 12;

export class Desk {
  state = $state.raw<BenchState | null>(null);
  door = $state.raw<Door | null>(null);
  problem = $state.raw<Problem | null>(null);
  #host: Host;

  constructor(host: Host) {
    this.#host = host;
    host.onChanged(() => void this.#findDoor());
  }

  async begin(): Promise<void> {
    await this.#attempt(async () => {
      this.state = (await look('/bench/state')) as BenchState;
      await this.#findDoor();
    });
  }

  async setAirplane(on: boolean): Promise<void> {
    await this.#switch('/bench/airplane', { on });
  }

  async stand(where: 'door' | 'away' | 'nowhere'): Promise<void> {
    const at = this.door?.at;
    if (where === 'nowhere' || at === undefined) return this.#switch('/bench/place', null);
    const lat_e6 = where === 'away' ? at.lat_e6 + AWAY_E6 : at.lat_e6;
    return this.#switch('/bench/place', { at: { ...at, lat_e6 }, accuracy_m: ACCURACY_M });
  }

  async #switch(path: string, wanted: unknown): Promise<void> {
    await this.#attempt(async () => {
      await ask(path, JSON.stringify(wanted), 'application/json');
      this.state = (await look('/bench/state')) as BenchState;
    });
  }

  async #findDoor(): Promise<void> {
    this.door = null;
    const start = await this.#host.call('start', {});
    const run_id = start.runs[0]?.run_id;
    if (run_id === undefined) return;
    const run = await this.#host.call('run', { run_id });
    if (run.next_job_id === null) return;
    const job = await this.#host.call('job', { run_id, job_id: run.next_job_id });
    this.door = job.address.at && { customer: job.customer.name, at: job.address.at };
  }

  async #attempt(act: () => Promise<void>): Promise<void> {
    try {
      await act();
      this.problem = null;
    } catch (thrown) {
      this.problem = Problem.from(thrown);
    }
  }
}
