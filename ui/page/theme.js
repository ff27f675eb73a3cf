// Sets the theme before anything is drawn, so a classic script at the head. "auto" follows the system.
'use strict';
(() => {
  let kept = null;
  try { kept = localStorage.getItem('gstorm-theme'); } catch { /* storage may be forbidden */ }
  document.documentElement.dataset.theme = ['light', 'dark'].includes(kept) ? kept : 'auto';
})();
