/** A drawing as numbers: strokes of `x, y, ms` over a field of a given size. */
export interface Drawn {
  width: number;
  height: number;
  strokes: [number, number, number][][];
}

/** The field is finer than the screen, because its numbers are whole. */
export const FINENESS = 4;

/** The outline of one stroke. A stroke of one point is a dot, which a line of no length shows. */
export function outline(stroke: [number, number, number][]): string {
  return stroke.map(([x, y], at) => `${at === 0 ? 'M' : 'L'}${x} ${y}`).join('') + (stroke.length === 1 ? 'h.1' : '');
}

export interface Frame {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** The part of the field that was drawn on, with a margin: most of a wide field stays empty. */
export function frame(drawn: Drawn): Frame {
  const points = drawn.strokes.reduce((all, stroke) => all.concat(stroke), []);
  if (points.length === 0) return { x: 0, y: 0, width: drawn.width, height: drawn.height };
  const edges = (at: 0 | 1) => {
    const values = points.map((point) => point[at]);
    return { low: values.reduce((a, b) => Math.min(a, b)), high: values.reduce((a, b) => Math.max(a, b)) };
  };
  const [across, down] = [edges(0), edges(1)];
  const margin = Math.max(4 * FINENESS, (across.high - across.low) * 0.05);
  return {
    x: across.low - margin,
    y: down.low - margin,
    width: across.high - across.low + 2 * margin,
    height: down.high - down.low + 2 * margin,
  };
}

/** How much a drawing is enlarged to lie within a field, whole and undistorted. */
export function fit(drawn: { width: number; height: number }, width: number, height: number): number {
  if (drawn.width <= 0 || drawn.height <= 0) return 1;
  return Math.min(width / drawn.width, height / drawn.height);
}
