/** How something is meant. Colour only repeats what icon and words already say. */
export type Tone = 'good' | 'warn' | 'bad' | 'note' | 'plain' | 'accent';
