import { describe, expect, it } from 'vitest';
import type { JobRow, JobView } from '../../../api/generated/field';
import { havingCode, matching } from './find';

const row = (job_id: string, customer: string, address_line: string, city: string, order: string) =>
  ({ job_id, customer, address_line, city, order }) as JobRow;
const view = (job_id: string, reference: string, text: string, code: string) =>
  ({
    job_id,
    customer: { name: '', reference },
    contact: { name: '', phone: '', email: '' },
    address: { line1: '', line2: '', city: '', postcode: 'LS13 6XW', country: 'GB', at: null },
    items: [{ text, sku: 'SKU-1', code }],
  }) as unknown as JobView;

const rows = [
  row('j1', 'Café Ørsted', '3 Northgate', 'Wakefield', 'SO4900001'),
  row('j2', 'مكتبة النور', '12 Mill Lane', 'Leeds', 'SO4900002'),
  row('j3', 'Halden Print', '3 Mill Lane', 'Leeds', 'SO4900003'),
];
const known = new Map([
  ['j1', view('j1', 'C100', 'Toner cartridge 26X', '6965569537674')],
  ['j2', view('j2', 'C200', 'Copy paper A4', '(01)09501101530003(10)LOT')],
  ['j3', view('j3', 'C300', 'Toner cartridge 26X', '6965569537674')],
]);
const found = (jobs: JobRow[]) => jobs.map((job) => job.job_id);
const typed = (text: string) => found(matching(rows, known, text));
const scanned = (code: string) => found(havingCode(rows, known, code));

describe('a job is found', () => {
  it('by customer, street, order, reference, goods and code', () => {
    expect(typed('orsted')).toEqual(['j1']);
    expect(typed('MILL')).toEqual(['j2', 'j3']);
    expect(typed('4900002')).toEqual(['j2']);
    expect(typed('c300')).toEqual(['j3']);
    expect(typed('copy paper')).toEqual(['j2']);
    expect(typed('69655')).toEqual(['j1', 'j3']);
    expect(typed('ls13')).toEqual(['j1', 'j2', 'j3']);
  });

  it('only if every word is in it, in whatever order', () => {
    expect(typed('lane leeds 3')).toEqual(['j2', 'j3']);
    expect(typed('print mill')).toEqual(['j3']);
    expect(typed('print northgate')).toEqual([]);
  });

  it('in Arabic as people type it', () => {
    expect(typed('مكتبه')).toEqual(['j2']);
  });

  it('by what the list itself says before the goods are read, and by nothing that is blank', () => {
    expect(found(matching(rows, new Map(), 'halden'))).toEqual(['j3']);
    expect(found(matching(rows, new Map(), 'toner'))).toEqual([]);
    expect(typed('   ')).toEqual([]);
  });
});

describe('a code opens a job', () => {
  it('that has it, or several of them, or none', () => {
    expect(scanned('6965569537674')).toEqual(['j1', 'j3']);
    expect(scanned('so4900003')).toEqual(['j3']);
    expect(scanned('69655695')).toEqual([]);
    expect(scanned('')).toEqual([]);
  });

  it('however the label writes it', () => {
    for (const code of [']E06965569537674', '0106965569537674\u001d10LOT9', ']C10106965569537674', '٦٩٦٥٥٦٩٥٣٧٦٧٤'])
      expect(scanned(code), code).toEqual(['j1', 'j3']);
    expect(scanned('https://id.example.com/01/09501101530003/10/LOT')).toEqual(['j2']);
    expect(scanned('9501101530003')).toEqual(['j2']);
  });
});
