// The palette: a combobox over everything the portal can go to. The server
// finds; what was chosen lately in this browser comes first.
import { icon, kept, make, one, wait } from './dom.js';

const recentMost = 6;

export function palette() {
  const dialog = one('#palette');
  if (!dialog) return { open: () => {} };
  const input = one('#palette-input');
  const list = one('#palette-list');
  const none = one('.none', dialog);
  const status = one('#palette-status');
  let items = [];
  let chosen = -1;
  let asked; // the request that is on its way

  async function search() {
    const words = input.value.trim();
    asked?.abort();
    const request = (asked = new AbortController());
    try {
      const answer = await fetch(`/palette?q=${encodeURIComponent(words)}`, { signal: request.signal, headers: { Accept: 'application/json' } });
      if (answer.status === 401) {
        location.reload();
        return;
      }
      if (!answer.ok) throw new Error(answer.status);
      const found = (await answer.json()).items;
      show(words ? found : [...recent(), ...found], `Nothing is called “${words}”. Try a part of its name.`);
    } catch (error) {
      if (error.name !== 'AbortError') show([], 'The search did not answer. Is the server running?');
    }
  }

  function show(found, otherwise) {
    items = found;
    list.replaceChildren(...groups(found));
    list.hidden = found.length === 0;
    input.setAttribute('aria-expanded', String(found.length > 0));
    none.hidden = found.length > 0;
    none.textContent = otherwise;
    status.textContent = found.length > 0 ? `${found.length} results` : otherwise;
    choose(found.length > 0 ? 0 : -1);
  }

  function groups(found) {
    const nodes = [];
    let group;
    found.forEach((item, i) => {
      if (i === 0 || found[i - 1].group !== item.group) {
        const id = `palette-group-${nodes.length}`;
        group = make('div', { role: 'group', 'aria-labelledby': id }, make('div', { class: 'group', id, role: 'presentation' }, item.group));
        nodes.push(group);
      }
      const option = make('div', { role: 'option', id: `palette-${i}`, 'aria-selected': 'false' }, icon(item.icon), make('span', { class: 'title' }, item.title));
      if (item.detail) option.append(make('span', { class: 'detail' }, item.detail));
      option.dataset.at = i;
      group.append(option);
    });
    return nodes;
  }

  function choose(at) {
    one('[aria-selected="true"]', list)?.setAttribute('aria-selected', 'false');
    chosen = at;
    const option = one(`#palette-${at}`);
    if (!option) {
      input.removeAttribute('aria-activedescendant');
      return;
    }
    option.setAttribute('aria-selected', 'true');
    option.scrollIntoView({ block: at === 0 ? 'end' : 'nearest' });
    input.setAttribute('aria-activedescendant', option.id);
  }

  function go(at, elsewhere) {
    const item = items[at];
    if (!item) return;
    remember(item);
    if (elsewhere) {
      window.open(item.url, '_blank', 'noopener');
      return;
    }
    dialog.close();
    location.assign(item.url);
  }

  input.addEventListener('input', wait(60, search));
  input.addEventListener('keydown', (event) => {
    const moves = { ArrowDown: 1, ArrowUp: -1 };
    if (moves[event.key] && items.length > 0) {
      event.preventDefault();
      choose((chosen + moves[event.key] + items.length) % items.length);
    } else if (event.key === 'Enter') {
      event.preventDefault();
      go(chosen, event.ctrlKey || event.metaKey);
    }
  });
  list.addEventListener('pointermove', (event) => {
    const option = event.target.closest('[role="option"]');
    if (option && Number(option.dataset.at) !== chosen) choose(Number(option.dataset.at));
  });
  list.addEventListener('click', (event) => {
    const option = event.target.closest('[role="option"]');
    if (option) go(Number(option.dataset.at), event.ctrlKey || event.metaKey);
  });
  dialog.addEventListener('click', (event) => {
    if (event.target === dialog) dialog.close(); // the backdrop
  });

  const open = () => {
    if (dialog.open) return;
    one('dialog[open]')?.close();
    dialog.showModal();
    input.value = '';
    input.focus();
    search();
  };
  document.addEventListener('click', (event) => {
    if (!event.target.closest?.('[data-palette]') || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open();
  });
  return { open };
}

const recent = () => kept.read('recent', []).map((item) => ({ ...item, group: 'Recent' }));

function remember(item) {
  const others = kept.read('recent', []).filter((other) => other.url !== item.url);
  kept.write('recent', [item, ...others].slice(0, recentMost));
}
