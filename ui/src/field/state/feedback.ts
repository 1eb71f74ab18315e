/** What a hand and an ear learn of a scan without looking: high and short is good, low and twice is not. */
import type { ScanOutcome } from '../../api/generated/field';

const GOOD_HZ = 1_760;
const BAD_HZ = 220;

let sound: AudioContext | null = null;

function beep(hertz: number, after_s: number, long_s: number) {
  // There is none in some web views; and none may sound before somebody has touched the page.
  if (typeof AudioContext === 'undefined') return;
  sound ??= new AudioContext();
  if (sound.state !== 'running') void sound.resume();
  const tone = sound.createOscillator();
  const gain = sound.createGain();
  const at = sound.currentTime + after_s;
  tone.type = 'square';
  tone.frequency.value = hertz;
  gain.gain.setValueAtTime(0.12, at);
  gain.gain.exponentialRampToValueAtTime(0.001, at + long_s);
  tone.connect(gain).connect(sound.destination);
  tone.start(at);
  tone.stop(at + long_s);
}

export const isGood = (outcome: ScanOutcome): boolean => outcome === 'taken';

/** Tells of a scan. */
export function tellScan(outcome: ScanOutcome): void {
  if (isGood(outcome)) {
    navigator.vibrate?.(40);
    beep(GOOD_HZ, 0, 0.09);
    return;
  }
  navigator.vibrate?.([120, 80, 120]);
  beep(BAD_HZ, 0, 0.16);
  beep(BAD_HZ, 0.22, 0.16);
}
