// Sets the chosen theme before anything is painted; src/lib/theme.ts changes it later.
(function () {
  var choice = null;
  try {
    choice = localStorage.getItem('cloudcart.theme');
  } catch (error) {
    // Storage may be switched off; the default theme stays.
  }
  var light =
    choice === 'light' ||
    (choice === 'system' && window.matchMedia('(prefers-color-scheme: light)').matches);
  document.documentElement.dataset.theme = light ? 'light' : 'dark';
})();
