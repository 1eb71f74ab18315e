/** Whether the phone itself is fit for a day. */

/** A clock further off than this shows wrong times at the door. */
const CLOCK_OFF_MS_MAX = 120_000;

export const clockIsOff = (off_ms: number): boolean => Math.abs(off_ms) > CLOCK_OFF_MS_MAX;

interface Battery {
  level: number;
}

/** How full the battery is in percent, where the web view says so. */
export async function batteryPercent(from: object = navigator): Promise<number | null> {
  const ask = (from as { getBattery?: () => Promise<Battery> }).getBattery;
  if (ask === undefined) return null;
  try {
    return Math.round((await ask.call(from)).level * 100);
  } catch {
    return null;
  }
}
