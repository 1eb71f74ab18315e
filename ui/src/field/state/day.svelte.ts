/** What the page of the day shows and asks for. */
import type { CheckAnswer, Commands, DayView, LineCount, Money, Role, Strokes } from '../../api/generated/field';
import { Watched } from '../../state/watched.svelte';
import type { Phone } from './phone.svelte';

type Act = 'check_vehicle' | 'message' | 'begin_break' | 'end_break' | 'check_in' | 'debrief';

/** Units that were not left with anybody and that nobody has counted back in. */
export const unitsAboard = (day: DayView): number =>
  day.back
    .flatMap((job) => job.lines)
    .filter((line) => line.checked_in === null)
    .reduce((sum, line) => sum + line.expected, 0);

export class Day {
  readonly view: Watched<DayView>;
  #phone: Phone;
  #run_id: string;

  constructor(phone: Phone, run_id: string) {
    this.#phone = phone;
    this.#run_id = run_id;
    this.view = new Watched(() => phone.read('day', { run_id }));
  }

  checkVehicle(answers: CheckAnswer[], odometer_km: number | undefined): Promise<boolean> {
    return this.#record('check_vehicle', { answers, odometer_km });
  }

  say(preset: string, text: string): Promise<boolean> {
    return this.#record('message', { preset, text });
  }

  beginBreak(): Promise<boolean> {
    return this.#record('begin_break', {});
  }

  endBreak(): Promise<boolean> {
    return this.#record('end_break', {});
  }

  checkIn(job_id: string, lines: LineCount[]): Promise<boolean> {
    return this.#record('check_in', { job_id, lines });
  }

  debrief(digest: string, counted: Money[], note: string, name: string, role: Role, strokes: Strokes): Promise<boolean> {
    return this.#record('debrief', { digest, counted, note, name, role, strokes });
  }

  async #record<Name extends Act>(command: Name, args: Omit<Commands[Name]['args'], 'run_id'>): Promise<boolean> {
    const whole = { run_id: this.#run_id, ...args } as Commands[Name]['args'];
    const saved = await this.#phone.write(command, whole);
    if (saved !== null) await Promise.all([this.view.read(), this.#phone.run?.read()]);
    return saved !== null;
  }
}
