// A housing-fund query: asked, answered at once from the register, and the read is on record: it is disputed, the data bureau answers.
// The receipt is taken home and checked in the hall by somebody who is not signed in; one with a changed letter is found out.
import fs from 'node:fs';

async function dispute(t) {
  const text = `${t.pick('我没有申请过', 'I never asked for this')} ${Date.now()}`;
  await t.go('/data');
  await t.page.locator('.tb-read').first().waitFor();
  await t.press(t.pick('对本次读取提出异议', 'Dispute this read'), 'link');
  await t.send();
  await t.page.locator('.govuk-error-summary').waitFor();
  await t.page.locator('main [name=text]').fill(text);
  await t.send();
  await t.see(t.pick('已提出异议', 'Disputed; the answer is pending'));
  await t.signOut();
  await t.signIn('data-audit');
  await t.go('/audit/disputes');
  const one = t.page.locator('.tb-read').filter({ hasText: text });
  await one.locator('textarea').fill(t.pick('是您本人查询时读取的。', 'It was read for your own query.'));
  await Promise.all([t.page.waitForEvent('load'), one.getByRole('button').click()]);
  await t.checkPage();
  await t.signOut();
  await t.signIn('zhou');
  await t.go('/data');
  await t.see(t.pick('是您本人查询时读取的。', 'It was read for your own query.'));
}

async function receiptFile(t, address) {
  await t.go(address);
  await t.page.locator('.tb-timeline a').last().click();
  await t.page.waitForLoadState('load');
  await t.await(t.pick('下载存证凭证', 'Take the receipt home'));
  const [file] = await Promise.all([t.page.waitForEvent('download'), t.page.getByRole('link', { name: t.pick('下载存证凭证', 'Take the receipt home') }).click()]);
  return fs.readFileSync(await file.path(), 'utf8');
}

async function check(t, text, right) {
  await t.go('/ledger/check');
  if (t.script) {
    await t.page.setInputFiles('#receipt-file', { name: 'receipt.json', mimeType: 'application/json', buffer: Buffer.from(text) });
    await t.page.locator(`[data-verdict=${right ? 'right' : 'wrong'}]:visible`).waitFor();
  }
  await t.page.locator('main [name=receipt]').fill(text);
  await t.send('/ledger/check');
  await t.see(right ? t.pick('存证凭证真实', 'The receipt is genuine') : t.pick(/错误/, /Wrong:/));
}

async function everywhere(t) {
  await t.signIn('zhou');
  const here = await t.context.cookies();
  await t.go('/account');
  await t.send('/sign-out/everywhere');
  await t.see(t.pick('您已在所有设备上退出', 'You are signed out on every device'));
  await t.context.addCookies(here);
  await t.go('/account');
  await t.expectPath(/^\/sign-in$/);
}

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
  const receipt = await receiptFile(t, address);
  if (t.device === 'desktop') await dispute(t);
  await t.signOut();
  await check(t, receipt, true);
  await check(t, receipt.replace(/"salt": *"(.)/, (all, first) => `${all.slice(0, -1)}${first === 'A' ? 'B' : 'A'}`), false);
  await everywhere(t);
}
