/** Finding a job of the run: by words that somebody types, and by a code that a scanner reads. */
import type { JobId, JobRow, JobView } from '../../../api/generated/field';
import { asciiDigits } from '../../../text';
import { fold } from '../../../text/fold';

/** From so many jobs on it is quicker to search than to look. */
export const SEARCHED_FROM = 9;

/** The jobs as far as they have been read; the rows alone know no goods. */
export type KnownJobs = ReadonlyMap<JobId, JobView>;

function textOf(row: JobRow, job: JobView | undefined): string {
  const goods = job?.items.flatMap((item) => [item.text, item.sku, item.code]) ?? [];
  const more = job ? [job.customer.reference, job.contact.name, job.address.line2, job.address.postcode, ...goods] : [];
  return fold([row.customer, row.address_line, row.city, row.order, ...more].join('\n'));
}

/** The jobs in which every typed word occurs somewhere, in the order of the run. */
export function matching(rows: JobRow[], known: KnownJobs, typed: string): JobRow[] {
  const words = fold(typed).split(' ').filter((word) => word !== '');
  if (words.length === 0) return [];
  return rows.filter((row) => {
    const text = textOf(row, known.get(row.job_id));
    return words.every((word) => text.includes(word));
  });
}

/**
 * What one code may be called. A label says more than the plan does: who made the scanner's message, which
 * key it is, and zeros in front. What belongs to what is the engine's to say; this only opens a page.
 */
function namesOf(code: string): string[] {
  const bare = asciiDigits(code).trim().replace(/^\][A-Za-z]\d/, '').toLowerCase();
  const key = /^(?:\(?01\)?|.*\/01\/)(\d{14})/.exec(bare) ?? /^(?:\(?00\)?|.*\/00\/)(\d{18})/.exec(bare);
  const names = key?.[1] === undefined ? [bare] : [bare, key[1]];
  return names.map((name) => (/^\d+$/.test(name) ? name.replace(/^0+(?=\d)/, '') : name)).filter((name) => name !== '');
}

/** The jobs that have goods of this code, or are of the order that it names. */
export function havingCode(rows: JobRow[], known: KnownJobs, code: string): JobRow[] {
  const wanted = new Set(namesOf(code));
  const isWanted = (own: string) => namesOf(own).some((name) => wanted.has(name));
  return rows.filter((row) => {
    const codes = known.get(row.job_id)?.items.map((item) => item.code) ?? [];
    return codes.some(isWanted) || isWanted(row.order);
  });
}
