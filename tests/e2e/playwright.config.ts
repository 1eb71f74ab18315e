import { defineConfig } from '@playwright/test';

// Debian's Chromium, kept off the network: the only addresses in these tests are on this machine.
const args = [
  '--no-sandbox',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

export default defineConfig({
  testDir: 'specs',
  outputDir: 'out/results',
  fullyParallel: false,
  workers: 1,
  forbidOnly: true,
  retries: 0,
  timeout: 90_000,
  expect: { timeout: 15_000 },
  reporter: [['list']],
  use: {
    launchOptions: { executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args },
    locale: 'en-GB',
    timezoneId: 'Europe/London',
    testIdAttribute: 'data-test',
    trace: 'retain-on-failure',
  },
});
