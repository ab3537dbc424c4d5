// Somebody who is not signed in: looks around, searches, reads a guide, verifies a licence that does not exist, looks at the
// ledger and at the documents.
export default async function visitor(t) {
  await t.go('/');
  await t.page.locator('#q').fill(t.pick('餐饮', 'restaurant'));
  await t.press(t.pick('搜索', 'Search'), 'button');
  await t.press(t.pick('食品经营许可', 'Food business licence'), 'link');
  await t.expectPath(/^\/services\/food-business-licence$/);
  for (const path of ['/services', '/services/residence-permit', '/services/construction-planning-permit', '/services/housing-fund-query', '/ledger', '/ledger/check', '/docs', '/sign-in']) await t.go(path);
  await t.go('/verify?code=0000-0000-0000');
  for (const path of ['/?mode=elder', '/services/residence-permit', '/ledger', '/?mode=standard']) await t.go(path);
  const response = await t.go('/no-such-page');
  if (response.status() !== 404) throw new Error(`expected 404, got ${response.status()}`);
}
