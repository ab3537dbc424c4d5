// Nothing typed is lost: not when the session ends in mid-form, not when the page was changed elsewhere in the meantime. An
// application that is sent twice is filed once.
export const only = [{ device: 'phone', script: true, lang: 'zh' }, { device: 'desktop', script: false, lang: 'en' }];

const street = '示例省示例市西街88号';

const typed = (page) => page.locator('main [name="form.household_address"]');

// Something else than the register holds.
async function type(page, text) {
  const field = typed(page);
  if (!(await field.isVisible())) await page.locator('details:not([open]):has([name="form.household_address"]) summary').click();
  await page.locator('main [name="use.household_address"]').uncheck();
  await field.fill(text);
}

// Signed out while typing: after signing in again, what was typed is saved and the next page is there.
async function sessionEnds(t, address) {
  await type(t.page, street);
  const kept = (await t.context.cookies()).filter((cookie) => !/^(__Host-)?tongban$/.test(cookie.name));
  await t.context.clearCookies();
  await t.context.addCookies(kept);
  await t.send();
  await t.page.locator('main').getByRole('link', { name: t.pick('登录', 'Sign in'), exact: true }).click();
  await t.page.waitForLoadState('load');
  await t.expectPath(/^\/sign-in$/);
  await t.page.locator('#field-login').fill('chen');
  await t.page.locator('#field-password').fill('tongban-sample-2026');
  await t.page.locator('main button[type=submit]').click();
  await t.page.waitForLoadState('load');
  await t.checkPage();
  await t.press(t.pick('从刚才的地方继续', 'Continue where I was'), 'button');
  await t.go(`${address}/pages/you`);
  if ((await typed(t.page).inputValue()) !== street) throw new Error('what was typed when the session ended is lost');
}

// The same draft in a second window: the first window's page is refused, and still holds what was typed.
async function editedElsewhere(t, address) {
  const other = await t.context.newPage();
  await other.goto(`${t.base}${address}/pages/you`);
  await type(other, '示例省示例市北街9号');
  await other.locator('main form[enctype] button[type=submit]').click();
  await other.waitForLoadState('load');
  await other.close();
  await type(t.page, '示例省示例市南街7号');
  await t.send();
  await t.page.locator('.govuk-error-summary').waitFor();
  if ((await typed(t.page).inputValue()) !== '示例省示例市南街7号') throw new Error('what was typed is lost when the page was changed elsewhere');
}

// Both of two submissions of one page end at the case; it is filed once.
async function sentTwice(t) {
  await t.begins('housing-fund-query');
  await t.fillIn({ request: 'query', want: 'balance' });
  const form = t.page.locator('main form[action$="/submit"]');
  const action = await form.getAttribute('action');
  const fields = await form.evaluate((element) => Object.fromEntries(new FormData(element)));
  const send = () => t.context.request.post(t.base + action, { form: fields, headers: { Origin: t.base } });
  const answers = await Promise.all([send(), send()]);
  if (answers.some((answer) => answer.status() !== 200)) throw new Error(`sent twice: ${answers.map((answer) => answer.status())}`);
  const filed = (await t.twin(action.replace('/submit', ''))).timeline.filter(({ title }) => /提交|filed/i.test(title));
  if (filed.length !== 1) throw new Error(`filed ${filed.length} times`);
}

export default async function nothingLost(t) {
  await t.signIn('chen');
  const address = await t.begins('residence-permit', { ground: 'work', registered: 'yes', insured: 'yes' });
  await sessionEnds(t, address);
  await editedElsewhere(t, address);
  await t.signOut();
  await t.signIn('zhou');
  await sentTwice(t);
}
