// A citizen applies for a residence permit: what the registers hold is on cards, a page is refused where something is missing,
// answers are saved as they are typed, a photo is uploaded, the answers are checked and submitted, and the permit is granted
// at once. Then everything she has from it: case, due date, licence, receipt, message, who read her data.
const situation = { ground: 'work', registered: 'yes', insured: 'yes' };
const photo = { name: 'photo.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAP//////////////////////////////////////////////////////////////////////////////////////wAALCAABAAEBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAACP/EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQEAAD8AN//Z', 'base64') };

// A page with nothing chosen is refused at the field, with a summary that leads there.
async function refusedAtTheField(t) {
  await t.send();
  await t.expectPath(/\/pages\/home$/);
  const link = t.page.locator('.govuk-error-summary a');
  if ((await link.count()) !== 1) throw new Error('the summary of errors does not name one field');
  const place = (await link.getAttribute('href')).slice(1);
  if (!(await t.page.locator(`.govuk-form-group--error[id="${place}"] .govuk-error-message, .govuk-form-group--error:has([id="${place}"]) .govuk-error-message`).count())) throw new Error(`no message at ${place}`);
}

// What is chosen is saved by itself and is there when the page is loaded anew.
async function savedAsTyped(t) {
  const saved = t.page.waitForResponse((response) => /\/save$/.test(response.url()));
  await t.answer({ home_kind: 'leased' });
  if (!(await saved).ok()) throw new Error('a field is not saved as it is typed');
  await t.page.locator('.tb-saved').getByText(/\d\d:\d\d/).waitFor();
  await t.page.reload();
  if (!(await t.page.locator('[name="form.home_kind"][value=leased]').isChecked())) throw new Error('what was saved is not there again');
}

// Somebody else verifies the licence without signing in: by the address of the QR code, and by typing the code.
async function verify(t, scanned, code) {
  const verdict = t.page.locator('.tb-verdict .tb-tag').getByText(t.pick('有效', 'Valid'));
  await t.go(scanned);
  await verdict.waitFor();
  if ((await t.page.locator('main').innerText()).includes('陈小示')) throw new Error('verification tells who the holder is');
  await t.go('/verify');
  await t.page.locator('#field-code').fill(code.toLowerCase());
  await t.press(t.pick('核验证照', 'Verify the licence'), 'button');
  await verdict.waitFor();
}

// What somebody takes to a counter on paper: the case, its receipt and the licence, each with what says what it is and nothing to press.
async function onPaper(t, words, sheets) {
  const without = [t.pick('退出登录', 'Sign out'), t.pick('谁看了我的数据', 'Who read my data'), t.pick('下载存证凭证', 'Take the receipt home'),
    t.pick('为什么是这一天', 'Why this date'), t.pick('他人核验时看到的内容', 'What others see')];
  if (t.device === 'desktop') await t.onPaper(words, without, sheets);
}

export default async function residence(t) {
  await t.signIn('chen');
  const address = await t.begins('residence-permit', situation);
  await t.see(t.pick('人口库', 'Population register'));
  await t.send();
  await t.expectPath(/\/pages\/home$/);
  await refusedAtTheField(t);
  if (t.script) await savedAsTyped(t);
  await t.fillIn({ home_kind: 'leased', photo, delivery: 'pickup', truthful: 'true' });
  await t.see('photo.jpg');
  await t.go(address);
  await t.go('/');
  await t.go('/cases');
  await t.go(`${address}/check`);
  await t.press(t.pick('提交申请', 'Submit application'), 'button');
  await t.expectPath(/^\/cases\/[0-9a-f]{32}$/);
  await t.await(t.pick(/^准予$/, /^Granted$/));
  const number = (await t.page.locator('main').innerText()).match(/[0-9A-Z]{4}(-[0-9A-Z]{4}){2}/)[0];
  await onPaper(t, [number, t.pick('居住证申领', 'Residence permit'), t.pick('准予', 'Granted'), t.pick('已提交申请', 'Application filed')], 2);
  await t.press(t.pick('为什么是这一天？', 'Why this date?'), 'link');
  await t.go(address);
  await t.page.locator('.tb-timeline a').first().click();
  await t.page.waitForLoadState('load');
  await t.await(t.pick('下载存证凭证', 'Take the receipt home'));
  await t.checkPage();
  await onPaper(t, [number, t.pick('公开账本', 'public ledger')], 1);
  await t.go(`${address}/check`);
  await t.go('/licences');
  await t.await(t.pick('居住证', 'Residence permit'));
  await t.page.locator('main tbody a').first().click();
  await t.page.waitForLoadState('load');
  await t.checkPage();
  if (!(await t.page.locator('.tb-licence__qr img').evaluate((picture) => picture.complete && picture.naturalWidth > 0))) throw new Error('the QR code is not there');
  const scanned = await t.page.locator('main a[href^="/verify"]').last().getAttribute('href');
  const code = (await t.page.locator('.tb-licence__qr figcaption').innerText()).match(/[0-9A-Z]{4}(-[0-9A-Z]{4}){2}/)[0];
  await onPaper(t, [code, '陈小示', '990000199306141261', '公安局'], 1);
  await t.go('/inbox');
  await t.page.locator('main a[href^="/cases/"]').first().waitFor();
  await t.go('/data');
  await t.page.locator('.tb-read').first().waitFor();
  await t.go('/account');
  await t.signOut();
  await verify(t, scanned, code);
}
