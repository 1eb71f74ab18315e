/*
 * Asks whether this browser can run the app at all, in words that every browser understands.
 * The page below then says what to do instead of staying white.
 */
(function () {
  var script = document.createElement('script');
  var can =
    'noModule' in script &&
    typeof Promise === 'function' &&
    typeof Promise.allSettled === 'function' &&
    typeof globalThis === 'object' &&
    typeof ResizeObserver === 'function' &&
    typeof Intl === 'object' &&
    typeof Intl.PluralRules === 'function' &&
    'replaceAll' in String.prototype &&
    window.CSS &&
    CSS.supports('margin-inline', '1px');
  if (!can) document.documentElement.className += ' is-too-old';
})();
