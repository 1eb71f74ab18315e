import { expect, it } from 'vitest';
import { matterText } from './matters';

it('names the points of the vehicle and leaves the words of the driver alone', () => {
  const told = matterText('vehicle_defect', 'tyres: front left is bald; lights; brakes: soft; they pull');
  expect(told).toBe('Tyres: front left is bald · Lights · Brakes: soft; they pull');
  expect(matterText('vehicle_defect', 'tail_lift: stuck')).toBe('tail lift: stuck');
});

it('names what the driver chose to say and leaves what they wrote alone', () => {
  expect(matterText('message', 'running_late: about: 20 min')).toBe('I am running late: about: 20 min');
  expect(matterText('message', 'call_me')).toBe('Please call me');
  expect(matterText('message', 'the gate: it is shut')).toBe('the gate: it is shut');
});

it('names what was wanting when a vehicle left', () => {
  const told = matterText('departed_anyway', 'not_loaded, past_cut_off: the rest follows');
  expect(told).toContain('the rest follows');
  expect(told).not.toContain('not_loaded');
});

it('shows the words about money as they are', () => {
  expect(matterText('cash_handed_in', 'one note is missing')).toBe('one note is missing');
});
