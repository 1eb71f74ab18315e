// A hub and phones as real processes, and the people of a small company.
import { execFileSync } from 'node:child_process';
import { createServer } from 'node:net';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Page } from '@playwright/test';
import { Running, built } from './process.ts';

export const PASSWORD = 'correct horse battery';
export const DEPOT = 'leeds';

async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

/** Somebody at the office, as a program. */
export class Api {
  constructor(readonly url: string, private token: string | null = null) {}

  async as(login: string): Promise<Api> {
    const session = await this.send('POST', '/v1/session', { login, password: PASSWORD });
    return new Api(this.url, (session as { token: string }).token);
  }

  async send(method: string, at: string, body?: unknown): Promise<unknown> {
    const headers: Record<string, string> = { 'content-type': 'application/json' };
    if (this.token) headers.authorization = `Bearer ${this.token}`;
    const answer = await fetch(this.url + at, { method, headers, body: body ? JSON.stringify(body) : undefined });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${at}: ${answer.status} ${text}`);
    return text ? JSON.parse(text) : null;
  }
}

export class World {
  private phones: BenchPhone[] = [];
  private constructor(readonly dir: string, readonly url: string, readonly ada: Api, private hub: Running) {}

  static async begin(): Promise<World> {
    const dir = mkdtempSync(path.join(tmpdir(), 'waybill-e2e-'));
    const hubDir = path.join(dir, 'hub');
    execFileSync(
      built('waybill'),
      ['init', '--dir', hubDir, '--company', 'Acme Deliveries', '--admin-login', 'ada', '--depot', DEPOT],
      { env: { ...process.env, WAYBILL_ADMIN_PASSWORD: PASSWORD }, stdio: 'pipe' },
    );
    const url = `http://127.0.0.1:${await freePort()}`;
    const args = ['serve', '--dir', hubDir, '--listen', url.slice('http://'.length)];
    const [hub] = await Running.start('waybill', args, /(The hub is open)/);
    const ada = await new Api(url).as('ada');
    const people: [string, string, string][] = [
      ['priya', 'Priya Nair', 'driver'],
      ['dan', 'Dan Okafor', 'dispatcher'],
      ['fay', 'Fay Lindqvist', 'finance'],
    ];
    for (const [id, name, role] of people) {
      const person = { name, role, depots: [DEPOT], login: id, password: PASSWORD };
      const driver = { name, role, depots: [DEPOT] };
      await ada.send('PUT', `/v1/people/${id}`, role === 'driver' ? driver : person);
    }
    return new World(dir, url, ada, hub);
  }

  async planRun(runId: string, jobs: number): Promise<void> {
    const dan = await new Api(this.url).as('dan');
    await dan.send('PUT', `/v1/runs/${runId}`, run(runId, jobs));
  }

  /** A run in which some orders are one customer's at one place: one visit. Each may differ in what it asks for. */
  async planVisit(runId: string, jobs: number, orders: Partial<Spec>[], from = 0): Promise<void> {
    const dan = await new Api(this.url).as('dan');
    const planned = run(runId, jobs);
    const first = planned.jobs[from]!;
    planned.jobs.slice(from, from + orders.length).forEach((job, at) => {
      const { customer, address } = first.spec;
      const proof = { ...job.spec.proof, photo: 'optional' };
      const order = `SO${1001 + at}`;
      job.window = first.window;
      job.spec = { ...job.spec, customer, address, proof, order, ...orders[at] };
    });
    await dan.send('PUT', `/v1/runs/${runId}`, planned);
  }

  /** A phone that nobody has enrolled yet. */
  async phone(name: string): Promise<BenchPhone> {
    const phone = await BenchPhone.open(path.join(this.dir, name));
    this.phones.push(phone);
    return phone;
  }

  async invite(person: string): Promise<string> {
    const invited = await this.ada.send('POST', '/v1/enrolments', { person_id: person, depot_id: DEPOT });
    return (invited as { link: string }).link;
  }

  async end(): Promise<void> {
    for (const phone of this.phones) await phone.kill();
    await this.hub.kill();
    rmSync(this.dir, { recursive: true, force: true });
  }
}

/** A phone on the bench: a process that can be killed and started again on the same port. */
export class BenchPhone {
  private constructor(readonly dir: string, private process: Running, public url: string) {}

  static async open(dir: string): Promise<BenchPhone> {
    const [process, url] = await Running.start('devhost', ['--dir', dir], /listening (\S+)/);
    return new BenchPhone(dir, process, url);
  }

  async kill(): Promise<void> {
    await this.process.kill();
  }

  async reopen(): Promise<void> {
    const port = new URL(this.url).port;
    const args = ['--dir', this.dir, '--port', port];
    [this.process, this.url] = await Running.start('devhost', args, /listening (\S+)/);
  }

  async airplane(on: boolean): Promise<void> {
    await fetch(`${this.url}/bench/airplane`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ on }),
    });
  }

  async call(command: string, args: unknown): Promise<Record<string, unknown>> {
    const answer = await fetch(`${this.url}/ipc/${command}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(args),
    });
    if (!answer.ok) throw new Error(`${command}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as Record<string, unknown>;
  }

  async enrol(world: World, person: string, name: string): Promise<void> {
    await this.call('enrol', { link: await world.invite(person), device_name: name });
  }
}

const NAMES = ['Murphy & Sons', 'Halden Print and Copy Centre for the Northern District', 'Café Ørsted', 'مكتبة النور'];

/** A run of today. */
export function run(runId: string, jobs: number) {
  const hour = 3_600_000;
  const from = Math.floor(Date.now() / hour) * hour;
  return {
    depot_id: DEPOT,
    day: new Date().toISOString().slice(0, 10),
    zone: 'Europe/London',
    vehicle: 'Van 7',
    driver_id: 'priya',
    jobs: Array.from({ length: jobs }, (_, at) => ({
      job_id: `${runId}-J${String(at + 1).padStart(3, '0')}`,
      window: { from_ms: from + at * 240_000, to_ms: from + at * 240_000 + 2 * hour },
      note: at % 2 === 0 ? 'Ring twice, reception closes at 16:30.' : '',
      spec: {
        kind: 'deliver',
        order: `SO${4_900_000 + at}`,
        customer: { name: NAMES[at % NAMES.length], reference: `C${100_000 + at}` },
        contact: { name: 'Daniel Murphy', phone: '+44 7700 900123', email: '' },
        address: {
          line1: `${at + 1} Northgate`,
          line2: '',
          city: 'Wakefield',
          postcode: 'LS13 6XW',
          country: 'GB',
          at: { lat_e6: 53_706_590, lon_e6: -1_484_500 },
        },
        items: [
          { item_id: '1', sku: 'SKU-1', text: 'Toner cartridge 26X', quantity: 4, unit: 'ea', code: '6965569537674', weight_g: 900 },
          { item_id: '2', sku: 'SKU-2', text: 'Copy paper A4, 5 reams', quantity: 2, unit: 'box', code: '9083929739424', weight_g: 12_000 },
        ],
        proof: { signature: 'required', photo: 'required', scan: 'off', name: 'required' },
        cash_due: null,
        terms: null,
      },
    })),
  };
}

type Spec = ReturnType<typeof run>['jobs'][number]['spec'];

/** Signs somebody in at the office, in a browser. */
export async function signIn(page: Page, url: string, login: string): Promise<void> {
  await page.goto(url);
  await page.getByTestId('login').fill(login);
  await page.getByTestId('password').fill(PASSWORD);
  await page.getByTestId('sign-in').click();
  await page.getByTestId('who').waitFor();
}
