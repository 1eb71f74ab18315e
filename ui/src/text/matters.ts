/** What a matter is about: stable words become their text, and what somebody wrote stays as it is. */
import type { Lack } from '../api/generated/field';
import type { Matter } from '../api/generated/office';
import { m } from './generated/messages.js';
import { factText, isPoint, lackWord, pointWord } from './words';

export function matterText(matter: Matter, text: string): string {
  switch (matter) {
    case 'vehicle_defect':
      return defects(text).join(' · ');
    case 'message':
      return factText(text);
    case 'departed_anyway': {
      const [lacks = '', ...reason] = text.split(': ');
      const words = lacks.split(', ').map((lack) => lackWord(lack as Lack));
      return [words.join(m.list_separator()), reason.join(': ')].filter(Boolean).join(': ');
    }
    default:
      return text;
  }
}

// `tyres: worn; lights`. A driver may write a semicolon too: what begins with no point belongs to the note before.
function defects(text: string): string[] {
  const told: string[] = [];
  for (const piece of text.split('; ')) {
    const [point = '', ...note] = piece.split(': ');
    if (told.length > 0 && !isPoint(point)) told[told.length - 1] += `; ${piece}`;
    else told.push([pointWord(point), ...note].join(': '));
  }
  return told;
}
