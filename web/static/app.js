// Everything the portal does with script. Each page works without it; what is
// here makes it quicker: live ages, palette, shortcuts, live runs, early answers
// from forms, drawings that open in their middle.
import 'htmx.org';
import { ages } from './js/ages.js';
import { create } from './js/create.js';
import { copying, forms, menus, preferences, tree } from './js/forms.js';
import { graphs } from './js/graph.js';
import { keys } from './js/keys.js';
import { palette } from './js/palette.js';
import { run } from './js/run.js';

document.documentElement.classList.add('js');
ages();
menus();
forms();
copying();
preferences();
tree();
const finder = palette();
keys(finder);
create();
graphs();
run();
