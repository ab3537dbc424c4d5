// What the rules decided, in words and as a table: granted at once, with the rule that holds marked; routed to an officer, with
// what would change it; the officer sees the same on the desk. The record of why is the one whose hash the page shows.
import { createHash } from 'node:crypto';

const photo = { name: 'photo.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAP//////////////////////////////////////////////////////////////////////////////////////wAALCAABAAEBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAACP/EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQEAAD8AN//Z', 'base64') };
const answers = { home_kind: 'leased', photo, delivery: 'pickup', truthful: 'true', employer: '示例工厂' };

async function files(t, login, situation) {
  await t.signIn(login);
  const address = await t.begins('residence-permit', situation);
  await t.fillIn({ ...answers, school: '示例学校', study_proof: photo, work_proof: photo, address_proof: photo });
  await t.send(`${address}/submit`);
  await t.expectPath(/^\/cases\/[0-9a-f]{32}$/);
  return address;
}

async function recordIsTheOne(t) {
  const href = await t.page.locator('.tb-ruling a[href$="/record"]').first().getAttribute('href');
  const shown = await t.page.locator('.tb-ruling .tb-hash').first().innerText();
  const bytes = await (await t.context.request.get(t.base + href)).body();
  if (createHash('sha256').update(bytes).digest('hex') !== shown.trim()) throw new Error('the record is not the one whose hash the page shows');
  const { sources } = JSON.parse(bytes);
  if (sources['registers.population']?.register !== 'population') throw new Error('the record does not say where its inputs came from');
}

async function noCodes(t) {
  const text = await t.page.locator('.tb-ruling').first().innerText();
  for (const code of ['{"', '"grant"', '"officer"', 'true', 'false', 'undefined'])
    if (text.includes(code)) throw new Error(`“${code}” is shown to people: ${text}`);
}

export default async function rules(t) {
  await files(t, 'chen', { ground: 'work', registered: 'yes', insured: 'yes' });
  await t.see(t.pick('规则的结论：当场准予', 'The rules decided: grant at once'));
  await noCodes(t);
  await t.press(t.pick(/^查看依据的数据和每条规则/, /^What went in, and every rule/));
  await t.see(t.pick(/人口库，.*读取/, /Population register, read/));
  if ((await t.page.locator('.tb-grid__holds').count()) !== 1) throw new Error('not one rule stands out');
  await noCodes(t);
  await recordIsTheOne(t);
  await t.signOut();
  const address = await files(t, 'lin', { ground: 'study', registered: 'yes', insured: 'no' });
  await t.see(t.pick('规则的结论：转工作人员办理', 'The rules decided: an officer looks at it'));
  await t.see(t.pick(/如果“.*就适用第\d条规则：当场准予/, /If “.*, rule \d would apply: grant at once/));
  await noCodes(t);
  await t.signOut();
  await t.signIn('police-desk');
  await t.go(`/desk${address}`);
  await t.see(t.pick('规则的结论：转工作人员办理', 'The rules decided: an officer looks at it'));
  await t.page.locator('.tb-grid__fails').first().waitFor();
  await recordIsTheOne(t);
}
