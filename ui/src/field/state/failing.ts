/** Giving a visit up: the reasons in their groups, and whether what one asks for is done. */
import type { AskView, ReasonLayer, ReasonView } from '../../api/generated/field';

// What happens most at a door comes first.
const LAYERS: ReasonLayer[] = ['customer', 'site', 'goods', 'order', 'vehicle', 'time'];

/** Why somebody may give up before all is done. */
export const ANYWAY_REASONS = ['unsafe_to_wait', 'no_number', 'customer_said', 'office_said'];

export interface Layer {
  layer: ReasonLayer;
  reasons: ReasonView[];
}

/** The groups that hold a reason which may be given now. */
export function layersOf(reasons: ReasonView[]): Layer[] {
  const layers = LAYERS.map((layer) => ({ layer, reasons: reasons.filter((each) => each.layer === layer) }));
  return layers.filter((each) => each.reasons.length > 0);
}

/** What is only wanted holds nobody up. */
export function isMet(ask: AskView): boolean {
  return ask.need !== 'required' || ask.has >= ask.wanted;
}
