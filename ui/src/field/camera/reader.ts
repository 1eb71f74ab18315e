/** The page's side of reading codes: one picture at a time goes out, its codes come back. */
import program from 'zxing-wasm/reader/zxing_reader.wasm?url';
import type { Order, Reply } from './barcodes.worker';
import BarcodeWorker from './barcodes.worker?worker';

export interface Reader {
  read(picture: ImageData): Promise<string[]>;
  close(): void;
}

/** Starts the reader; fails where the web view cannot run it. */
export async function openReader(): Promise<Reader> {
  const worker = new BarcodeWorker();
  let answer: (said: Reply) => void = () => undefined;
  worker.onmessage = (event: MessageEvent<Reply>) => answer(event.data);
  worker.onerror = (event) => answer({ broken: event.message });
  const ask = (order: Order, moved: Transferable[] = []) =>
    new Promise<Reply>((resolve, reject) => {
      answer = (said) => ('broken' in said ? reject(new Error(said.broken)) : resolve(said));
      worker.postMessage(order, moved);
    });
  try {
    await ask({ program: new URL(program, import.meta.url).href });
  } catch (thrown) {
    worker.terminate();
    throw thrown;
  }
  return {
    async read(picture) {
      const said = await ask({ picture }, [picture.data.buffer]);
      return 'codes' in said ? said.codes : [];
    },
    close: () => worker.terminate(),
  };
}
