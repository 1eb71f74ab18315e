/** The feed as far as it has been read. Entries never change, so what is here stays right. */
import type { FeedEntry } from '../../api/generated/office';
import { Watched } from '../../state/watched.svelte';
import { feedAfter } from './views';

interface Tip {
  complete_through_ms: number;
}

export class Feed {
  entries = $state.raw<FeedEntry[]>([]);
  hasMore = $state(false);
  /** Reading it follows the feed's end; older entries come by {@link readOn}. */
  readonly tip: Watched<Tip>;
  #next = 0;
  #reading: Promise<Tip> | null = null;

  /** By the number of an entry: the entry that has replaced it. */
  readonly replaced = $derived(
    new Map(this.entries.flatMap((entry) => (entry.supersedes === null ? [] : [[entry.supersedes, entry.seq]]))),
  );

  constructor() {
    this.tip = new Watched(() => {
      const known = this.tip.value;
      return this.hasMore && known ? Promise.resolve(known) : this.#page();
    });
  }

  async readOn(): Promise<void> {
    this.hasMore = false;
    await this.tip.read();
  }

  // Two readings at once would put the same page in twice: the second joins the first.
  #page(): Promise<Tip> {
    this.#reading ??= this.#take().finally(() => (this.#reading = null));
    return this.#reading;
  }

  async #take(): Promise<Tip> {
    const page = await feedAfter(this.#next);
    this.entries = [...this.entries, ...page.entries];
    this.#next = page.next;
    this.hasMore = page.has_more;
    return page;
  }
}
