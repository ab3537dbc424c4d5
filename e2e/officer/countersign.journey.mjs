// A construction permit decided by many: filed by the agent of a developer, accepted, reviewed, countersigned by five departments, its
// limit extended, granted; then the licence is suspended and made valid again. Refusing without reasons is refused at its field.
export const only = [{ device: 'phone', script: true, lang: 'en' }, { device: 'desktop', script: false, lang: 'zh' }];

const pdf = { name: 'scan.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n') };
const answers = {
  contact_name: '示例己', contact_phone: '13900000301', project_name: '示例花园三期', project_code: '2601-990000-04-01-123458',
  project_kind: 'residential', project_address: '示例市城东区和平路以南', zone: 'city', heritage: 'no', land_kind: 'transfer',
  land_number: '示例出让〔2025〕第19号', land_area: '20000', plot_ratio_limit: '2.5', floor_area_above: '49800', floor_area_below: '12000',
  building_height: '54', parking_spaces: '420', green_ratio: '35', truthful: 'true', 'buildings[0].building_name': '1号楼',
  'buildings[0].storeys_above': '18', 'buildings[0].storeys_below': '2',
};
const signers = ['fire-sign', 'traffic-sign', 'ecology-sign', 'housing-sign', 'police-sign'];

async function takeTheTask(t, address) {
  await t.signIn('planning-desk');
  await t.go(`/desk${address}`);
  await t.send(/\/claim$/);
  await t.go('/desk?mine=1');
  await t.page.locator(`tbody a[href="/desk${address}"]`).waitFor();
  await t.signOut();
}

// Refusing needs reasons: the page says so at the field, and what was chosen is still chosen.
async function refusedWithoutReasons(t, address) {
  await t.signIn('planning-approve');
  await t.go(`/desk${address}`);
  await t.page.locator('main [name=outcome][value=refused]').check();
  await t.send(/^\/desk\/tasks\/[0-9a-f]{32}$/);
  await t.page.locator('.govuk-error-summary').waitFor();
  await t.page.locator('#error-reasons').waitFor();
  if (!(await t.page.locator('main [name=outcome][value=refused]').isChecked())) throw new Error('what was chosen is lost');
  await t.signOut();
}

async function extend(t, address) {
  await t.signIn('planning-approve');
  await t.go(`/desk${address}`);
  await t.page.locator('main summary').filter({ hasText: t.pick('延长', 'Extend the limit') }).click();
  await t.page.locator('main [name=why]').fill(t.pick('方案需专家论证。', 'Experts have to look at the plan.'));
  await t.send(`/desk${address}/extend`);
  await t.see(t.pick('已延期', 'The limit is extended'));
  await t.go(`${address}/due`);
  await t.signOut();
}

async function licence(t, address) {
  await t.signIn('feng');
  await t.actForTheFirm();
  await t.go(address);
  await t.await(t.pick(/^准予$/, /^Granted$/));
  await t.go('/licences');
  await t.await(t.pick('建设工程规划许可证', 'Construction planning permit'));
  const paper = await t.page.locator('main tbody a').first().getAttribute('href');
  await t.signOut();
  for (const [state, words] of [['suspended', /暂扣|Suspended/], ['valid', /有效|Valid/]]) {
    await t.signIn('planning-approve');
    await t.go(paper);
    await t.page.locator(`main [name=state][value=${state}]`).check();
    await t.page.locator('main [name=reasons]').fill(t.pick('样例：核查公示牌。', 'Sample: the notice board is looked into.'));
    await t.send(`${paper}/change`);
    await t.page.locator('main .tb-tag').getByText(words).first().waitFor();
    await t.signOut();
  }
}

export default async function countersign(t) {
  await t.signIn('feng');
  await t.actForTheFirm();
  const address = await t.begins('construction-planning-permit', { agent: 'no', detailed_plan: 'no' });
  await t.fillIn(answers, pdf);
  await t.send(`${address}/submit`);
  await t.expectPath(/^\/cases\/[0-9a-f]{32}$/);
  await t.go(`${address}/withdraw`);
  await t.signOut();
  await takeTheTask(t, address);
  await t.work('planning-desk', address, 'accepted');
  await t.work('planning-review', address, 'passed');
  for (const login of signers.slice(0, 4)) await t.work(login, address, 'agree');
  await t.work(signers[4], address, 'agree', () => t.page.locator('main [name=reasons]').fill(t.pick('同意。', 'No objection.')));
  await refusedWithoutReasons(t, address);
  await extend(t, address);
  await t.work('planning-approve', address, 'granted');
  await licence(t, address);
}
