import { expect, test } from 'vitest';
import { batteryPercent, clockIsOff } from './fitness';

test('a clock may be off by two minutes either way', () => {
  expect([120_000, -120_000, 120_001, -120_001].map(clockIsOff)).toEqual([false, false, true, true]);
});

test('a battery is told where the web view tells it', async () => {
  expect(await batteryPercent({})).toBeNull();
  expect(await batteryPercent({ getBattery: async () => ({ level: 0.825 }) })).toBe(83);
  expect(await batteryPercent({ getBattery: async () => Promise.reject(new Error('not allowed')) })).toBeNull();
});
