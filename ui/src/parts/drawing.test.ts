import { describe, expect, it } from 'vitest';
import { fit, frame, outline } from './drawing';

describe('a drawing', () => {
  it('is framed by what was drawn, with a margin', () => {
    const drawn = { width: 1000, height: 400, strokes: [[[100, 100, 0], [300, 150, 9]]] as [number, number, number][][] };
    expect(frame(drawn)).toEqual({ x: 84, y: 84, width: 232, height: 82 });
    expect(frame({ ...drawn, strokes: [] })).toEqual({ x: 0, y: 0, width: 1000, height: 400 });
  });

  it('shows a stroke of one point', () => {
    expect(outline([[5, 6, 0]])).toBe('M5 6h.1');
    expect(outline([[5, 6, 0], [7, 8, 3]])).toBe('M5 6L7 8');
  });

  it('stays whole and undistorted on a turned screen', () => {
    expect(fit({ width: 400, height: 200 }, 200, 200)).toBe(0.5);
    expect(fit({ width: 0, height: 0 }, 200, 200)).toBe(1);
  });
});
