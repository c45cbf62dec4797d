// Builds what the browser gets into dist/: one script, one style sheet, one
// sprite of the icons that are used, and manifest.json, which says under which
// fingerprinted name each of them is. Nothing here touches the network.
import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const out = 'dist';
const scriptBudget = 30 * 1024; // gzipped, for a page without a chart

// icons maps the names templates use to files of Octicons.
const icons = JSON.parse(await readFile('static/icons.json', 'utf8'));

async function bundle(entry) {
  const result = await build({
    entryPoints: [entry],
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    target: ['chrome123', 'firefox128', 'safari17.5'],
    legalComments: 'none',
    logLevel: 'warning',
  });
  return Buffer.from(result.outputFiles[0].contents);
}

async function sprite() {
  const symbols = await Promise.all(Object.entries(icons).map(async ([name, file]) => {
    const svg = await readFile(join('node_modules/@primer/octicons/build/svg', `${file}-16.svg`), 'utf8');
    const body = svg.replace(/^<svg[^>]*>/, '').replace(/<\/svg>\s*$/, '');
    return `<symbol id="${name}" viewBox="0 0 16 16">${body}</symbol>`;
  }));
  return Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg">${symbols.join('')}</svg>\n`);
}

async function clean() {
  await mkdir(out, { recursive: true });
  const old = (await readdir(out)).filter((name) => name !== '.gitkeep');
  await Promise.all(old.map((name) => rm(join(out, name), { recursive: true })));
}

const manifest = {};

async function emit(name, body) {
  const digest = createHash('sha256').update(body).digest('hex').slice(0, 12);
  const extension = extname(name);
  const file = `${name.slice(0, -extension.length)}.${digest}${extension}`;
  await writeFile(join(out, file), body);
  manifest[name] = file;
  const size = gzipSync(body, { level: 9 }).length;
  console.log(`${file}  ${(size / 1024).toFixed(1)} kB gzipped`);
  return size;
}

await clean();
const script = await emit('app.js', await bundle('static/app.js'));
await emit('app.css', await bundle('static/app.css'));
await emit('icons.svg', await sprite());
await emit('favicon.svg', await readFile('static/favicon.svg'));
await writeFile(join(out, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
if (script > scriptBudget) {
  throw new Error(`the script is ${script} bytes gzipped, ${scriptBudget} are allowed`);
}
