/** How something is meant; `tone-…` in base.css has its colours. They only repeat what icon and words already say. */
export type Tone = 'good' | 'warn' | 'bad' | 'note' | 'plain' | 'accent';
