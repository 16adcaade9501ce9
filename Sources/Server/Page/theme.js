// The chosen theme, before the first paint: a module would come after it.
'use strict';
{
  const kept = localStorage.getItem('theme');
  if (kept === 'light' || kept === 'dark') document.documentElement.dataset.theme = kept;
}
