// The receipt check in the page, with a genuine receipt and with copies in which one thing was changed: the script says right
// to the first and, for each of the others, at which of the five steps it goes wrong.
import fs from 'node:fs';

export const needsHall = false;
export const only = [{ device: 'desktop', script: true, lang: 'en' }, { device: 'phone', script: true, lang: 'zh' }];

const sample = (name) => fs.readFileSync(new URL(`samples/${name}`, import.meta.url), 'utf8');
const genuine = sample('receipt.json');
const flip = (from, to) => genuine.replace(from, to);
const altered = [
  ['read', '{"format": "tongban-receipt/1"}'],
  ['read', 'not JSON'],
  ['read', flip('tongban-receipt/1', 'tongban-receipt/2')],
  ['read', flip('"AQZhY2', '"AgZhY2')],
  ['commitment', flip('1200', '1300')],
  ['commitment', flip('资料齐全', '资料不全')],
  ['commitment', flip('"salt": "oZ', '"salt": "pZ')],
  ['inclusion', flip('index 4', 'index 5')],
  ['inclusion', flip('nyMGkVcy', 'nyMGkVcz')],
  ['inclusion', flip('\\n7\\n', '\\n9\\n')],
  ['signature', flip('R+2Yy762', 'R+2Yy763')],
];

async function check(t, text) {
  await t.page.setInputFiles('#receipt-file', { name: 'receipt.json', mimeType: 'application/json', buffer: Buffer.from(text) });
  await t.page.locator('[data-verdict]:visible').waitFor();
}

export default async function receipt(t) {
  await t.go(`/${t.lang}.html`);
  await t.page.locator('[data-key]').evaluate((box, key) => { box.dataset.key = key; }, sample('receipt-key.txt'));
  await check(t, genuine);
  if ((await t.page.locator('[data-step][data-state=right]').count()) !== 5) throw new Error('a genuine receipt does not pass all five steps');
  await t.page.locator('[data-verdict=right]').waitFor();
  t.checked.clear();
  await t.checkPage();
  for (const [step, text] of altered) {
    if (text === genuine) throw new Error(`the alteration for ${step} changes nothing`);
    await check(t, text);
    await t.page.locator('[data-verdict=wrong]').waitFor();
    const found = await t.page.locator('[data-step][data-state=wrong]').getAttribute('data-step');
    if (found !== step) throw new Error(`expected the fault at ${step}, found it at ${found}`);
  }
  t.checked.clear();
}
