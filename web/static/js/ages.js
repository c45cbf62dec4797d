// Keeps "3 min ago" true while a page is open, in the words of the server.
import { all } from './dom.js';

const plural = (n, word) => `${n.toLocaleString('en')} ${word}${n === 1 ? '' : 's'}`;

export function ageText(seconds) {
  const hours = Math.floor(seconds / 3600);
  if (seconds < 10) return 'just now';
  if (seconds < 60) return `${Math.floor(seconds)} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (hours < 24) return `${hours} h ago`;
  if (hours < 60 * 24) return `${plural(Math.floor(hours / 24), 'day')} ago`;
  if (hours < 730 * 24) return `${plural(Math.floor(hours / 24 / 30), 'month')} ago`;
  return `${plural(Math.floor(hours / 24 / 365), 'year')} ago`;
}

export function elapsedText(seconds) {
  if (seconds < 0) return '0 s';
  if (seconds < 60) return `${Math.floor(seconds)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${Math.floor(seconds) % 60} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor(seconds / 60) % 60} min`;
}

const since = (text) => (Date.now() - Date.parse(text)) / 1000;

function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

export function ages() {
  setInterval(() => {
    if (document.hidden) return;
    for (const node of all('time[data-age]')) write(node, ageText(since(node.dateTime)));
    for (const node of all('[data-since]')) write(node, elapsedText(since(node.dataset.since)));
  }, 1000);
}
