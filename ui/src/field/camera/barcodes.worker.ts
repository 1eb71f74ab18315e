/** Reads codes out of pictures, beside the page, so that no tap waits for it. */
import { prepareZXingModule, readBarcodes, type ReaderOptions } from 'zxing-wasm/reader';

/** What comes in: where the reader's program lies, once; then one picture after another. */
export type Order = { program: string } | { picture: ImageData };
/** What goes out: that it is ready, the codes of a picture, or that this cannot work here. */
export type Reply = { ready: true } | { codes: string[] } | { broken: string };

// What stands on goods and pallets. Codes with neither check digit nor end, such as plain ITF, are read wrong too often.
const OPTIONS: ReaderOptions = {
  formats: ['EANUPC', 'Code128', 'Code39', 'ITF14', 'DataBar', 'QRCode', 'DataMatrix', 'AztecCode', 'PDF417'],
  // As a scanner at a cable sends it: the separator of GS1 codes stays in, and nothing is put before it. The
  // same label must be the same text, whatever has read it.
  textMode: 'Plain',
  maxNumberOfSymbols: 8,
  tryHarder: true,
  tryInvert: false,
};

const reply = (said: Reply) => postMessage(said);

async function take(order: Order): Promise<void> {
  try {
    if ('program' in order) {
      const overrides = { locateFile: () => order.program };
      await prepareZXingModule({ overrides, fireImmediately: true });
      reply({ ready: true });
    } else {
      const found = await readBarcodes(order.picture, OPTIONS);
      reply({ codes: found.filter((each) => each.isValid && each.text !== '').map((each) => each.text) });
    }
  } catch (thrown) {
    reply({ broken: String(thrown) });
  }
}

onmessage = (event: MessageEvent<Order>) => void take(event.data);
