// Small helps for menus, forms and commands.
import { all, icon, one } from './dom.js';

// menus close when somebody clicks elsewhere or presses Escape.
export function menus() {
  const close = (except) => {
    for (const menu of all('details[data-menu][open]')) if (menu !== except) menu.open = false;
  };
  document.addEventListener('click', (event) => close(event.target.closest?.('details[data-menu]')));
  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    const menu = document.activeElement?.closest('details[data-menu][open]');
    close();
    if (menu) one('summary', menu).focus();
  });
}

// forms are sent once: the button says that it works, and a second press waits.
export function forms() {
  document.addEventListener('submit', (event) => {
    const form = event.target;
    if (event.defaultPrevented || (event.submitter?.formMethod || form.method) !== 'post') return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = 'yes';
    event.submitter?.setAttribute('aria-busy', 'true');
  });
  // A page that comes back from the browser's memory is as it was left.
  addEventListener('pageshow', (event) => {
    if (!event.persisted) return;
    for (const form of all('form[data-sent]')) delete form.dataset.sent;
    for (const button of all('[aria-busy]')) button.removeAttribute('aria-busy');
  });
}

// copying puts a command on the clipboard.
export function copying() {
  document.addEventListener('click', async (event) => {
    const button = event.target.closest?.('[data-copy]');
    if (!button) return;
    const words = button.dataset.words ?? button.getAttribute('aria-label');
    button.dataset.words = words;
    let done = true;
    try {
      await navigator.clipboard.writeText(one('code', button.parentElement).textContent);
    } catch {
      done = false; // no permission, or no secure context: select it instead
      getSelection().selectAllChildren(one('code', button.parentElement));
    }
    button.classList.toggle('done', done);
    button.replaceChildren(icon(done ? 'check' : 'copy'));
    button.setAttribute('aria-label', done ? 'Copied' : 'Selected, copy it with Ctrl C');
    setTimeout(() => {
      button.classList.remove('done');
      button.replaceChildren(icon('copy'));
      button.setAttribute('aria-label', words);
    }, 2000);
  });
}

// preferences change at once; the server keeps them in a cookie.
export function preferences() {
  document.addEventListener('submit', async (event) => {
    const form = event.target;
    const button = event.submitter;
    if (!['theme', 'shortcuts'].includes(button?.name) || form.getAttribute('action') !== '/preferences') return;
    event.preventDefault();
    const root = document.documentElement;
    const before = root.dataset[button.name];
    show(form, button.name, button.value);
    try {
      const answer = await fetch('/preferences', { method: 'POST', body: new URLSearchParams({ [button.name]: button.value }) });
      if (!answer.ok) throw new Error(answer.status);
    } catch {
      show(form, button.name, before); // not kept, so not shown as chosen
    }
  }, { capture: true });
}

function show(form, name, value) {
  document.documentElement.dataset[name] = value;
  for (const other of all(`[name='${name}']`, form)) other.setAttribute('aria-pressed', String(other.value === value));
}

// tree marks the file that a preview shows.
export function tree() {
  const list = one('[data-tree]');
  if (!list) return;
  const mark = () => {
    const shown = location.hash || `#${one('.file')?.id}`;
    for (const link of all('a', list)) {
      if (link.getAttribute('href') === shown) link.setAttribute('aria-current', 'true');
      else link.removeAttribute('aria-current');
    }
  };
  addEventListener('hashchange', mark);
  mark();
}
