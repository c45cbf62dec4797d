// Shows the entity itself first where a drawing of its relations is wider than
// the screen.
import { all } from './dom.js';

export function graphs() {
  for (const frame of all('.graph')) {
    const self = frame.querySelector('.self');
    if (!self) continue;
    const box = self.getBoundingClientRect();
    const seen = frame.getBoundingClientRect();
    frame.scrollLeft += box.left + box.width / 2 - (seen.left + seen.width / 2);
  }
}
