// Whether somebody goes everywhere: every page of the hall is on a journey, and every journey is in an area that is run.
//
//   node e2e/pages.mjs FILE...    what run.mjs wrote of each area (E2E_SEEN); prints TAP
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));

export const journeyName = (file) => file.replace('.journey.mjs', '');

// "citizen/query.journey.mjs", in order.
export function journeyFiles() {
  const areas = fs.readdirSync(here, { withFileTypes: true }).filter((entry) => entry.isDirectory() && entry.name !== 'node_modules');
  const within = (folder) => fs.readdirSync(path.join(here, folder)).map((file) => path.join(folder, file));
  return ['.', ...areas.map((area) => area.name)].flatMap(within).filter((file) => file.endsWith('.journey.mjs')).sort();
}

function pattern(address) {
  const part = (text) => (text.endsWith('...}') ? '.+' : text.startsWith('{') ? '[^/]+' : text.replace(/[.]/g, '\\.'));
  return new RegExp(`^${address.split(/(\{[^}]+\})/).map(part).join('')}$`);
}

async function throughTheHall(file) {
  const { needsHall = true } = await import(pathToFileURL(path.join(here, file)));
  return needsHall;
}

async function check(files) {
  const areas = files.map((file) => JSON.parse(fs.readFileSync(file, 'utf8')));
  const visited = areas.flatMap((area) => area.visited), run = areas.flatMap((area) => area.journeys);
  const missed = areas[0].pages.filter((address) => !visited.some((seen) => pattern(address).test(seen)));
  const left = [];
  for (const file of journeyFiles()) if (!run.includes(journeyName(file)) && (await throughTheHall(file))) left.push(journeyName(file));
  console.log('TAP version 13\n1..2');
  console.log(`${missed.length ? 'not ok' : 'ok'} 1 - every page is on somebody's journey`);
  for (const address of missed) console.log(`  # nobody went to ${address}`);
  console.log(`${left.length ? 'not ok' : 'ok'} 2 - every journey is in an area that is run`);
  for (const name of left) console.log(`  # nobody made the journey ${name}: put it in the folder of an area`);
  return missed.length || left.length ? 1 : 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exit(await check(process.argv.slice(2)));
