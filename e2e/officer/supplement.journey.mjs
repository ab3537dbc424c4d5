// A food licence with everything that can happen on its way: the shop keeper files it for his firm, the reception desk asks for
// one thing more, he corrects it and sends it back, and the office accepts, reviews, inspects and grants it.
export const only = [{ device: 'phone', script: false, lang: 'en' }, { device: 'desktop', script: true, lang: 'zh' }];

const pdf = (name) => ({ name, mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n') });
const answers = {
  contact_name: '示例乙', contact_phone: '13900000202', business_type: 'restaurant', items: ['hot', 'cold'], shop_name: '示例面馆',
  building: 'commercial', total_area: '120', kitchen_area: '40', seats: '48', premises_plan: pdf('plan.pdf'),
  'safety_staff[0].staff_name': '示例丙', 'safety_staff[0].staff_role': 'officer', 'safety_staff[0].staff_phone': '13900000203',
  rules_list: pdf('rules.pdf'), truthful: 'true',
};

export default async function supplement(t) {
  await t.signIn('wu');
  await t.actForTheFirm();
  const address = await t.begins('food-business-licence', { prepackaged: 'no', agent: 'no' });
  await t.fillIn(answers);
  await t.send(`${address}/submit`);
  await t.expectPath(/^\/cases\/[0-9a-f]{32}$/);
  await t.signOut();

  await t.signIn('market-desk');
  await t.go(`/desk${address}`);
  await t.page.locator('main [name=outcome][value=supplement]').check();
  await t.send(/^\/desk\/tasks\/[0-9a-f]{32}$/);
  await t.page.locator('.govuk-error-summary a[href="#field-defects"]').waitFor();
  await t.page.locator('details#field-defects[open] .govuk-error-message').waitFor();
  await t.signOut();

  const missing = t.pick('请写明厨房实际面积。', 'Please give the true area of the kitchen.');
  await t.work('market-desk', address, 'supplement', async () => {
    await t.page.locator('main summary').filter({ hasText: t.pick('缺少的内容', 'What is missing') }).click();
    await t.page.getByLabel(t.pick('厨房面积', 'Kitchen')).first().fill(missing);
  });

  await t.signIn('wu');
  await t.actForTheFirm();
  await t.go('/');
  await t.page.locator('.tb-wanted a').first().waitFor();
  await t.go('/cases');
  await t.page.locator('.tb-card--wanted a').first().click();
  await t.page.waitForLoadState('load');
  await t.checkPage();
  await t.page.locator('.tb-wanted').getByText(missing).click();
  await t.page.waitForLoadState('load');
  await t.checkPage();
  await t.expectPath(/\/pages\/premises$/);
  await t.page.locator('.tb-wanted-here').getByText(missing).waitFor();
  await t.page.locator('.tb-tools__who').getByText(t.pick('代表示例面馆', 'for 示例面馆')).waitFor();
  await t.fillIn({ kitchen_area: '38' });
  await t.send(`${address}/submit`);
  await t.expectPath(/^\/cases\/[0-9a-f]{32}$/);
  await t.signOut();

  await t.work('market-desk', address, 'accepted');
  await t.work('market-review', address, 'passed');
  await t.work('market-inspect', address, 'passed');
  await t.work('market-approve', address, 'granted');
  await t.signIn('wu');
  await t.actForTheFirm();
  await t.go(address);
  await t.await(t.pick(/^准予$/, /^Granted$/));
  await t.checkPage();
}
