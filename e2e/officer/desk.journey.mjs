// The work list: filters together, a view kept, opened and removed, a case found by its number and by its applicant, the keys.
export const only = [{ device: 'phone', script: false, lang: 'zh' }, { device: 'desktop', script: true, lang: 'en' }];

const rows = (t) => t.page.locator('tbody[data-desk] tr');

// A kind of task and a service of which something is open here.
async function somethingOpen(t) {
  for (const service of ['construction-planning-permit', 'food-business-licence'])
    for (const act of ['accept', 'review', 'inspect', 'decide']) {
      const { tasks } = await t.twin(`/desk?service=${service}&act=${act}`);
      if (tasks.length) return { service, act, name: tasks[0].service };
    }
  throw new Error('nothing is open: the sample is too small');
}

async function filterTogether(t, open) {
  await t.page.locator('#f-act').selectOption(open.act);
  await t.page.locator('#f-service').selectOption(open.service);
  await t.page.locator('.tb-filter').first().getByRole('button').click();
  await t.page.waitForLoadState('load');
  await t.checkPage();
  for (const [field, value] of [['#f-act', open.act], ['#f-service', open.service]])
    if ((await t.page.locator(field).inputValue()) !== value) throw new Error(`the filter ${field} forgets what was chosen`);
  for (const row of await rows(t).all())
    if (!(await row.innerText()).includes(open.name)) throw new Error('the filter lets other services through');
}

async function keptView(t, open) {
  const name = t.pick('我常看的', 'What I look at often');
  await t.fill(t.pick('将本视图保存为', 'Keep this view as'), name);
  await t.press(t.pick('保存视图', 'Keep view'), 'button');
  await t.go('/desk');
  await t.press(name, 'link');
  if ((await t.page.locator('#f-act').inputValue()) !== open.act) throw new Error('the kept view is not what was kept');
  const view = t.page.locator('.tb-desk__side li').filter({ hasText: name });
  await view.getByRole('button').click();
  await t.page.waitForLoadState('load');
  await t.checkPage();
  if (await t.page.locator('.tb-desk__side li').filter({ hasText: name }).count()) throw new Error('a removed view is still there');
}

async function find(t) {
  await t.go('/desk');
  const number = (await rows(t).first().locator('a').innerText()).trim();
  const applicant = (await rows(t).first().locator('td').nth(2).innerText()).trim();
  await t.page.locator('#f-number').fill(number.toLowerCase().replaceAll('-', ' '));
  await t.press(t.pick('查找', 'Find'), 'button');
  await t.page.locator('main .tb-links a').getByText(number).waitFor();
  await t.go(`/desk?applicant=${encodeURIComponent(applicant)}`);
  await t.page.locator('main .tb-links a').getByText(number).waitFor();
  await t.go('/desk?number=0000-0000-0000');
  await t.see(t.pick('本部门没有', 'No case of this department'));
}

async function keys(t) {
  await t.go('/desk');
  await t.page.keyboard.press('?');
  await t.page.locator('dialog#keys[open]').waitFor();
  await t.page.keyboard.press('Escape');
  await t.page.keyboard.press('/');
  if (!(await t.page.locator('#f-number:focus').count())) throw new Error('/ does not lead to the search');
  await t.page.locator('h1').click();
  await t.page.keyboard.press('j');
  const current = t.page.locator('tr[data-current] a:focus');
  await current.waitFor();
  await Promise.all([t.page.waitForEvent('load'), t.page.keyboard.press('Enter')]);
  await t.expectPath(/^\/desk\/cases\/[0-9a-f]{32}$/);
  await t.checkPage();
}

export default async function desk(t) {
  await t.signIn('market-desk');
  await t.go('/desk');
  const open = await somethingOpen(t);
  await filterTogether(t, open);
  await keptView(t, open);
  await find(t);
  if (t.script) await keys(t);
  await t.go('/desk?clock=late&act=deliver&service=housing-fund-query');
  await t.see(t.pick('没有待办任务', 'Nothing waits here'));
  await t.signOut();
  await t.signIn('chen');
  const refused = await t.go('/desk');
  if (refused.status() !== 403) throw new Error(`a citizen gets ${refused.status()} on the desk`);
}
