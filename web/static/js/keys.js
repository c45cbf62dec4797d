// Keys: Ctrl K always; single letters only while they are switched on and
// nobody is typing.
import { all, isTyping, one } from './dom.js';

const places = { h: '/', c: '/catalog', k: '/contracts', n: '/create', r: '/runs', a: '/admin' };
const patience = 1200; // milliseconds between g and the letter after it

export function keys(finder) {
  let lead = -Infinity; // when g was pressed
  document.addEventListener('keydown', (event) => {
    if (event.key.toLowerCase() === 'k' && (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey) {
      event.preventDefault();
      finder.open();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isTyping(event.target)) return;
    if (document.documentElement.dataset.shortcuts !== 'on' || one('dialog[open]')) return;
    const after = event.timeStamp - lead < patience;
    lead = -Infinity;
    if (after && places[event.key]) {
      event.preventDefault();
      location.assign(places[event.key]);
      return;
    }
    switch (event.key) {
      case 'g':
        lead = event.timeStamp;
        break;
      case '/':
        event.preventDefault();
        if (one('[data-search]')) one('[data-search]').select();
        else finder.open();
        break;
      case '?':
        event.preventDefault();
        one('#keys')?.showModal();
        break;
      case 'j':
        step(1);
        break;
      case 'k':
        step(-1);
        break;
    }
  });
}

// step moves the focus to the next or previous row of the page's tables.
function step(by) {
  const rows = all('a[data-row]').filter((row) => row.checkVisibility());
  if (rows.length === 0) return;
  const row = document.activeElement?.closest('tr');
  const at = row ? rows.findIndex((link) => row.contains(link)) : -1;
  const next = at < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(Math.max(at + by, 0), rows.length - 1);
  rows[next].focus();
}
