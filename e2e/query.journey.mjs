// A housing-fund query: asked, answered at once from the register, and the read is on record.
export default async function query(t) {
  await t.signIn('zhou');
  const address = await t.begins('housing-fund-query');
  await t.fillIn({ request: 'query', want: 'balance' });
  await t.send(`${address}/submit`);
  await t.expectPath(/^\/cases\/[0-9a-f]{32}$/);
  await t.await(t.pick('答复', 'The answer'));
  await t.checkPage();
  await t.go('/licences');
  await t.await(t.pick('住房公积金缴存情况', 'Housing fund statement'));
  await t.page.locator('main tbody a').first().click();
  await t.page.waitForLoadState('load');
  await t.checkPage();
  await t.go('/data');
  await t.page.locator('.tb-read').first().waitFor();
}
