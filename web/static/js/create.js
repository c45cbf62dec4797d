// The form of a golden path answers early: a name that is taken, an owner the
// catalog lacks. The server checks; this only shows what it says.
import { all, one, wait } from './dom.js';

export function create() {
  const form = one('form[data-create]');
  if (!form) return;
  const verdict = one('[data-verdict]', form);
  const touched = new Set(); // inputs somebody has been in: the others are not wrong yet
  let asked;

  async function check() {
    asked?.abort();
    const request = (asked = new AbortController());
    try {
      const answer = await fetch(form.dataset.create, {
        method: 'POST', body: new URLSearchParams(new FormData(form)), signal: request.signal, headers: { Accept: 'application/json' },
      });
      if (!answer.ok) throw new Error(answer.status);
      show(await answer.json());
    } catch (error) {
      if (error.name !== 'AbortError') verdict.textContent = ''; // the form works without early answers
    }
  }

  function show(answer) {
    for (const field of all('[data-field]', form)) {
      if (touched.has(field.dataset.field)) say(field, answer.fields[field.dataset.field] ?? '');
    }
    // What is wrong with one input is said there; the rest is said here.
    const told = Object.keys(answer.fields).length === 0;
    verdict.textContent = told ? [answer.message, ...answer.notices].join(' ') : '';
  }

  const soon = wait(250, check);
  const touch = (event) => {
    const field = event.target.closest('[data-field]');
    if (field) touched.add(field.dataset.field);
  };
  form.addEventListener('input', (event) => {
    // While a text is being typed only a mistake shown before is looked at again.
    if (event.target.type !== 'text' || event.target.value.length > 2) touch(event);
    derive(form);
    soon();
  });
  form.addEventListener('focusout', (event) => {
    if (!event.target.value) return;
    touch(event);
    soon();
  });
  for (const field of all('[data-field]', form)) if (!one('.error', field)?.hidden) touched.add(field.dataset.field);
  derive(form);
  one('[aria-invalid="true"]', form)?.focus();
}

function say(field, wrong) {
  const error = one('.error', field);
  if (!error) return;
  one('[data-error]', error).textContent = wrong;
  error.hidden = wrong === '';
  const input = one('.input', field);
  if (wrong) input?.setAttribute('aria-invalid', 'true');
  else input?.removeAttribute('aria-invalid');
}

// derive shows what a value left out becomes, and the command that does the same.
function derive(form) {
  const value = (name) => (form.elements[name]?.value ?? '').trim();
  for (const input of all('[data-derive]', form)) {
    const shown = one('[data-derived]', input.closest('[data-field]'));
    if (shown) shown.textContent = input.dataset.derive.replace(/\{(\w+)\}/g, (whole, name) => value(name) || whole);
  }
  const terminal = one('[data-terminal]');
  if (!terminal) return;
  const chosen = new FormData(form);
  const words = [terminal.dataset.terminal, quoted(value('name')) || 'NAME', '--owner', quoted(value('owner')) || 'GROUP', '--path', terminal.dataset.path];
  const more = value('consumes_more').split(/[\s,]+/).filter(Boolean);
  const consumed = [...chosen.getAll('consumes'), ...more];
  if (consumed.length > 0) words.push('--consumes', quoted(consumed.join(',')));
  if (chosen.getAll('packs').length > 0) words.push('--pack', quoted(chosen.getAll('packs').join(',')));
  for (const name of ['system', 'description', 'module']) if (value(name)) words.push(`--${name}`, quoted(value(name)));
  for (const name of ['owner', 'system']) if (chosen.get(`create_${name}`)) words.push(`--create-${name}`);
  terminal.textContent = words.join(' ');
}

const quoted = (text) => (/^[\w@%+=:,./-]*$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);
