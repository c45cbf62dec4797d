// Follows a run. Log lines come as server-sent events; when a step or the run
// changes, the server draws the head and the steps again and they are put in place,
// so that there is one place that knows how they look.
import { all, make, one, wait } from './dom.js';

const logMost = 5000; // lines kept on the page
const nearEnd = 40; // pixels from the end that count as reading the end

export function run() {
  const page = one('[data-run]');
  if (!page || (page.dataset.live === undefined && page.dataset.more === undefined)) return;
  const log = one('#run-log');
  const line = one('#run-line');
  let after = Number(page.dataset.after);
  let pause = 1000;
  let source;

  function say(event) {
    const following = log.scrollHeight - log.scrollTop - log.clientHeight < nearEnd;
    one('#run-silent')?.remove();
    const speaker = event.step ?? '';
    if (speaker !== log.dataset.speaking) {
      log.dataset.speaking = speaker;
      const title = all('#run-steps [data-step]').find((step) => step.dataset.step === speaker)?.dataset.title;
      if (title) log.append(make('li', { class: 'head' }, title));
    }
    log.append(make('li', { class: event.level ?? 'info' },
      make('time', { datetime: event.time }, event.time.slice(11, 19)),
      make('span', { class: 'text' }, event.text ?? '')));
    while (log.childElementCount > logMost) log.firstElementChild.remove();
    if (following) log.scrollTop = log.scrollHeight;
  }

  async function draw() {
    try {
      const answer = await fetch(`${location.pathname}?log=none`, { headers: { Accept: 'text/html' } });
      if (!answer.ok) return;
      const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html');
      for (const id of ['run-head', 'run-steps']) {
        const [old, next] = [one(`#${id}`), one(`#${id}`, fresh)];
        if (!old || !next || old.innerHTML === next.innerHTML) continue;
        const focused = old.contains(document.activeElement);
        old.replaceChildren(...next.childNodes);
        if (focused) one('#main').focus({ preventScroll: true }); // never lose a reader's place to nowhere
      }
      document.title = fresh.title;
    } catch {
      // the next change draws again
    }
  }
  const drawSoon = wait(80, draw);

  function watch() {
    source = new EventSource(`${page.dataset.run}?after=${after}`);
    const hear = (deed) => (message) => {
      const event = JSON.parse(message.data);
      if (event.seq > after) {
        after = event.seq;
        deed(event);
      }
    };
    source.onopen = () => {
      pause = 1000;
      if (page.dataset.live !== undefined) line.textContent = 'Live';
    };
    source.addEventListener('log', hear(say));
    source.addEventListener('step', hear(drawSoon));
    source.addEventListener('run', hear(drawSoon));
    source.addEventListener('end', () => {
      source.close();
      line.textContent = page.dataset.live === undefined ? '' : 'Finished';
      delete page.dataset.live;
      draw();
    });
    // The browser's own way to reconnect asks for an address that says where we
    // began; ours says where we are.
    source.onerror = () => {
      source.close();
      line.textContent = 'Connection lost, trying again…';
      setTimeout(watch, pause);
      pause = Math.min(pause * 2, 15000);
    };
  }

  log.scrollTop = log.scrollHeight;
  watch();
  addEventListener('pagehide', () => source.close());
  addEventListener('pageshow', (event) => {
    if (event.persisted) location.reload();
  });
}
