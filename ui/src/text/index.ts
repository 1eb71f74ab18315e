/** All words of both apps. A component never holds a literal. */
export { m } from './generated/messages.js';
export { language, LANGUAGES } from './locale.svelte';
export { asciiDigits } from './digits';
export * from './measure';
export * from './words';
export * from './matters';
export { problemText, problemAdvice, troubleText } from './problems';
