// Runs the journeys: people's ways through the hall in a real browser, and axe-core on every page they see.
//
//   node e2e/run.mjs http://127.0.0.1:8080 [NAME...]    the journeys through a running hall (NAME: in the area or file name)
//   node e2e/run.mjs --static DIR [NAME...]             those that need no hall, on the files in DIR (`styleguide DIR`)
//
// An area is a folder: whose journeys they are. One browser; one fresh context for each journey and variant. Prints TAP and closes
// with "N passed, N failed". On a failure a picture of the page lies in E2E_OUT (default: the system's temporary folder). Into the
// file E2E_SEEN goes what pages.mjs wants to know. CHROMIUM names another browser.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import http from 'node:http';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { journeyFiles, journeyName } from './pages.mjs';
import { Traveller } from './traveller.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
const devices = {
  phone: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true },
  desktop: { viewport: { width: 1280, height: 900 } },
};
// Every pair of device, script and language occurs.
const variants = [
  { device: 'phone', script: true, lang: 'zh' }, { device: 'phone', script: false, lang: 'en' },
  { device: 'desktop', script: true, lang: 'en' }, { device: 'desktop', script: false, lang: 'zh' },
];
const mediaTypes = { '.html': 'text/html; charset=utf-8', '.css': 'text/css', '.js': 'text/javascript', '.svg': 'image/svg+xml', '.png': 'image/png', '.webmanifest': 'application/manifest+json', '.json': 'application/json' };
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; manifest-src 'self'; base-uri 'none'; frame-ancestors 'none'";

function serveStatic(dir) {
  const server = http.createServer((request, response) => {
    const file = path.join(dir, path.normalize(new URL(request.url, 'http://x').pathname));
    if (!fs.existsSync(file) || !fs.statSync(file).isFile()) return response.writeHead(404).end();
    response.writeHead(200, { 'content-type': mediaTypes[path.extname(file)] ?? 'application/octet-stream', 'content-security-policy': policy });
    fs.createReadStream(file).pipe(response);
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve({ base: `http://127.0.0.1:${server.address().port}`, close: () => server.close() })));
}

async function journeysOf(isStatic, names) {
  const journeys = [];
  for (const file of journeyFiles().filter((file) => !names.length || names.some((name) => file.includes(name)))) {
    const { default: run, needsHall = true, only = variants } = await import(pathToFileURL(path.join(here, file)));
    if (needsHall !== isStatic) journeys.push({ name: journeyName(file), run, variants: only });
  }
  return journeys;
}

// The pages that the hall has by its own account: what its API document gives a view of.
async function pagesOf(base) {
  const { paths } = await (await fetch(`${base}/api/openapi.json`)).json();
  return Object.keys(paths).filter((address) => paths[address].get?.responses['200'].content?.['application/json']);
}

async function travel(browser, base, journey, variant, out) {
  const context = await browser.newContext({ ...devices[variant.device], locale: variant.lang === 'zh' ? 'zh-CN' : 'en-GB', timezoneId: 'Asia/Shanghai', reducedMotion: 'reduce' });
  context.setDefaultTimeout(10000);
  const traveller = new Traveller(context, base, variant);
  try {
    await traveller.begin();
    await journey.run(traveller);
    await traveller.end();
    for (const address of traveller.visited) visited.add(address);
    return null;
  } catch (error) {
    const picture = path.join(out, `${journey.name.replace('/', '-')}-${variant.device}-${variant.script ? 'script' : 'plain'}-${variant.lang}.png`);
    await traveller.page?.screenshot({ path: picture, fullPage: true }).catch(() => {});
    return `${error.message}\nat ${traveller.page?.url()}\npicture: ${picture}`;
  } finally {
    await context.close();
  }
}

const args = process.argv.slice(2);
const isStatic = args[0] === '--static';
const place = args[isStatic ? 1 : 0];
if (!place) {
  console.error('Usage: node e2e/run.mjs URL [NAME...] | --static DIR [NAME...]');
  process.exit(2);
}
const server = isStatic ? await serveStatic(path.resolve(place)) : { base: place.replace(/\/$/, ''), close() {} };
const out = process.env.E2E_OUT || fs.mkdtempSync(path.join(os.tmpdir(), 'tongban-e2e-'));
const journeys = await journeysOf(isStatic, args.slice(isStatic ? 2 : 1));
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: flags });
const visited = new Set();
let passed = 0, failed = 0;
console.log('TAP version 13');
for (const journey of journeys) {
  for (const variant of journey.variants) {
    const began = Date.now();
    const fault = await travel(browser, server.base, journey, variant, out);
    const title = `${journey.name} (${variant.device}, ${variant.script ? 'script' : 'no script'}, ${variant.lang}) # ${Date.now() - began} ms`;
    console.log(`${fault ? 'not ok' : 'ok'} ${passed + failed + 1} - ${title}`);
    if (fault) console.log(fault.split('\n').map((line) => `  # ${line}`).join('\n'));
    fault ? failed++ : passed++;
  }
}
if (process.env.E2E_SEEN)
  fs.writeFileSync(process.env.E2E_SEEN, JSON.stringify({ journeys: journeys.map(({ name }) => name), visited: [...visited], pages: await pagesOf(server.base) }));
await browser.close();
server.close();
console.log(`1..${passed + failed}`);
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed || !passed ? 1 : 0);
