/** The answers of a vehicle check while they are given. */
import type { CheckAnswer } from '../../api/generated/field';

export interface Given {
  point: string;
  /** Nobody has said yet. */
  is_good: boolean | null;
  note: string;
}

export const nothingSaid = (points: string[]): Given[] => points.map((point) => ({ point, is_good: null, note: '' }));

/** The answers, once every point has one and what is wrong is said. */
export function answersOf(given: Given[]): CheckAnswer[] | null {
  const answers: CheckAnswer[] = [];
  for (const { point, is_good, note } of given) {
    if (is_good === null || (!is_good && note.trim() === '')) return null;
    answers.push({ point, is_good, note: is_good ? '' : note.trim() });
  }
  return answers;
}
