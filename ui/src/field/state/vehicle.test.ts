import { expect, test } from 'vitest';
import { answersOf, nothingSaid } from './vehicle';

test('a check is whole once every point is answered and what is wrong is said', () => {
  const given = nothingSaid(['tyres', 'lights']);
  expect(answersOf(given)).toBeNull();
  const good = given.map((each) => ({ ...each, is_good: true, note: 'was bad before' }));
  expect(answersOf(good)).toEqual([
    { point: 'tyres', is_good: true, note: '' },
    { point: 'lights', is_good: true, note: '' },
  ]);
  const [first, second] = good;
  expect(answersOf([{ ...first!, is_good: false, note: ' ' }, second!])).toBeNull();
  expect(answersOf([{ ...first!, is_good: false, note: ' flat ' }, second!])?.[0]).toEqual({ point: 'tyres', is_good: false, note: 'flat' });
});
