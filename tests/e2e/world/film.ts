// What a camera sees in a test: labels drawn by the writer of the library that reads them, as an uncompressed film.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { here } from './process.ts';

const WRITER = here('../../ui/node_modules/zxing-wasm/dist');
const [WIDTH, HEIGHT] = [640, 480];
/** Pictures in a second. Chromium plays the film again and again. */
const RATE = 5;
const WHITE = 255;
const GREY = 128;

export interface Label {
  format: 'EAN13' | 'Code128' | 'QRCode' | 'DataMatrix';
  text: string;
  at: [number, number];
  /** How many of the film's points one of the label's takes. */
  scale: number;
  options?: string;
}

type Drawn = { data: Uint8ClampedArray; width: number; height: number };

async function draw({ format, text, options }: Label): Promise<Drawn> {
  const writer = await import(path.join(WRITER, 'es/writer/index.js'));
  const wasmBinary = readFileSync(path.join(WRITER, 'writer/zxing_writer.wasm')).buffer;
  await writer.prepareZXingModule({ overrides: { wasmBinary }, fireImmediately: true });
  const made = await writer.writeBarcode(text, { format, options });
  if (made.error) throw new Error(made.error);
  return made.symbol as Drawn;
}

/** Films labels that are shown for some seconds and then taken away for some. */
export async function film(to: string, labels: Label[], shown_s: number, away_s: number): Promise<string> {
  const picture = new Uint8Array(WIDTH * HEIGHT).fill(WHITE);
  for (const label of labels) {
    const { data, width, height } = await draw(label);
    const [left, top] = label.at;
    for (let y = 0; y < height * label.scale; y += 1)
      for (let x = 0; x < width * label.scale; x += 1)
        picture[(top + y) * WIDTH + left + x] = data[Math.floor(y / label.scale) * width + Math.floor(x / label.scale)]!;
  }
  const frame = (brightness: Uint8Array) => [Buffer.from('FRAME\n'), brightness, new Uint8Array((WIDTH * HEIGHT) / 2).fill(GREY)];
  const empty = frame(new Uint8Array(WIDTH * HEIGHT).fill(WHITE));
  const frames = Array.from({ length: (shown_s + away_s) * RATE }, (_, at) => (at < shown_s * RATE ? frame(picture) : empty));
  writeFileSync(to, Buffer.concat([Buffer.from(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F${RATE}:1 Ip A1:1 C420jpeg\n`), ...frames.flat()]));
  return to;
}
