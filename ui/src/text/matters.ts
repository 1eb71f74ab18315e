/** What is reported from a run beside its doors: stable words become their text, and what somebody wrote stays. */
import type { Lack } from '../api/generated/field';
import type { Matter } from '../api/generated/office';
import { m } from './generated/messages.js';
import { lackWord } from './words';

const MATTER: Record<Matter, () => string> = {
  vehicle_defect: m.matter_vehicle_defect,
  message: m.matter_message,
  departed_anyway: m.matter_departed_anyway,
  cash_handed_in: m.matter_cash_handed_in,
};
// A company's own policy may name points of its own; then its word is shown.
const POINT: Record<string, () => string> = {
  tyres: m.point_tyres,
  lights: m.point_lights,
  brakes: m.point_brakes,
  mirrors: m.point_mirrors,
  load_security: m.point_load_security,
  bodywork: m.point_bodywork,
  safety_kit: m.point_safety_kit,
  documents: m.point_documents,
};
const PRESET: Record<string, () => string> = {
  running_late: m.preset_running_late,
  vehicle_trouble: m.preset_vehicle_trouble,
  accident: m.preset_accident,
  need_help_unloading: m.preset_need_help_unloading,
  wrong_address: m.preset_wrong_address,
  call_me: m.preset_call_me,
};

export const matterWord = (code: Matter): string => MATTER[code]();
export const pointWord = (code: string): string => POINT[code]?.() ?? code.replace(/_/g, ' ');
export const presetWord = (code: string): string => PRESET[code]?.() ?? code.replace(/_/g, ' ');

export function matterText(matter: Matter, text: string): string {
  switch (matter) {
    case 'vehicle_defect':
      return defects(text).join(' · ');
    case 'message': {
      const [preset = '', ...more] = text.split(': ');
      return preset in PRESET ? [presetWord(preset), ...more].join(': ') : text;
    }
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
    if (told.length > 0 && !(point in POINT)) told[told.length - 1] += `; ${piece}`;
    else told.push([pointWord(point), ...note].join(': '));
  }
  return told;
}
