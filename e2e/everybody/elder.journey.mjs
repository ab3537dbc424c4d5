// Larger text, from the first page to the case: everything is there, nothing runs out of the screen.
export const only = [{ device: 'phone', script: true, lang: 'zh' }, { device: 'desktop', script: false, lang: 'en' }];

export default async function elder(t) {
  await t.go('/');
  await t.press(t.pick('长者版', 'Larger text'), 'link');
  const size = await t.page.locator('body').evaluate((body) => parseFloat(getComputedStyle(body).fontSize));
  if (Math.round(size) < 22) throw new Error(`larger text has ${size} px`);
  await t.signIn('zhou');
  const address = await t.begins('housing-fund-query');
  await t.fillIn({ request: 'query', want: 'balance' });
  await t.send(`${address}/submit`);
  await t.await(t.pick('答复', 'The answer'));
  await t.checkPage();
  for (const path of ['/cases', '/inbox', '/data', '/account', '/services/construction-planning-permit']) await t.go(path);
  await t.signOut();
  await t.signIn('planning-desk');
  await t.go('/desk');
  await t.press(t.pick('标准字号', 'Standard text'), 'link');
}
