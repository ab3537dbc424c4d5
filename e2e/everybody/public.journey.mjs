// Somebody who is not signed in: looks around, searches, reads a guide, verifies a licence that does not exist, looks at the
// ledger and at the documents.
export default async function visitor(t) {
  await t.go('/');
  await t.page.locator('#q').fill(t.pick('餐饮', 'restaurant'));
  await t.press(t.pick('搜索', 'Search'), 'button');
  await t.press(t.pick('食品经营许可', 'Food business licence'), 'link');
  await t.expectPath(/^\/services\/food-business-licence$/);
  await t.page.locator('main summary').first().click();
  await t.answer({ prepackaged: 'yes', agent: 'yes' }, 'answer.');
  await t.press(t.pick('看看我需要什么', 'Show what I need'), 'button');
  if (new URL(t.page.url()).searchParams.get('answer.agent') !== 'yes') throw new Error('the answers are not asked for');
  await t.see(t.pick('授权委托书', 'Letter of authority'));
  for (const path of ['/services', '/services/residence-permit', '/services/construction-planning-permit', '/services/housing-fund-query', '/ledger', '/ledger/check', '/docs', '/docs/user/guide.zh', '/docs/user/guide.en', '/sign-in', '/sign-in/password', '/verify']) await t.go(path);
  await t.go('/verify?code=0000-0000-0000');
  for (const path of ['/?mode=elder', '/services/residence-permit', '/ledger', '/?mode=standard']) await t.go(path);
  const response = await t.go('/no-such-page');
  if (response.status() !== 404) throw new Error(`expected 404, got ${response.status()}`);
}
