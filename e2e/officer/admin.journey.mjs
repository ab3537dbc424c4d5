// Those who run the hall: a new officer chooses a password, the administrator sees services, what changed between two versions,
// departments and posts, and jobs, the keeper sees the ledger's state. E2E_NEWCOMERS holds "login password" lines of `tongban org load`.
export const only = [{ device: 'phone', script: false, lang: 'en' }, { device: 'desktop', script: true, lang: 'zh' }];

const chosen = 'four sample words together';

// The password that was handed over opens nothing but the choice of another.
async function firstSignIn(t) {
  const [login, once] = process.env.E2E_NEWCOMERS.split('\n').map((line) => line.split(' ')).find(([name]) => name.endsWith(t.device));
  await t.signIn(login, once);
  await t.expectPath(/^\/sign-in\/password$/);
  if ((await t.page.locator('#field-login').inputValue()) !== login) throw new Error('the sign-in name has to be typed again');
  const choose = async (fresh, again) => {
    await t.page.locator('#field-password').fill(once);
    await t.page.locator('#field-new_password').fill(fresh);
    await t.page.locator('#field-again').fill(again);
    await t.send('/sign-in/password');
  };
  await choose('short', 'short');
  await t.page.locator('#error-new_password').waitFor();
  await choose(chosen, `${chosen}!`);
  await t.page.locator('#error-again').waitFor();
  await choose(chosen, chosen);
  await t.expectPath(/^\/desk$/);
  await t.see(t.pick('新密码已保存', 'Your new password is kept'));
  await t.signOut();
  await t.signIn(login, chosen);
  await t.expectPath(/^\/desk$/);
  await t.signOut();
}

export default async function admin(t) {
  await firstSignIn(t);
  await t.signIn('data-admin');
  await t.go('/admin/services');
  await t.press(t.pick('居住证申领', 'Residence permit'), 'link');
  await t.page.locator('main tbody a').first().click();
  await t.page.waitForLoadState('load');
  await t.checkPage();
  await t.see('guide.en.md');
  await t.page.locator('.tb-diff__added').getByText('Bring a sample.').waitFor();
  await t.go('/admin/staff');
  await t.page.locator('tr').filter({ hasText: 'newcomer-gone' }).getByText(t.pick('已停用', 'may not sign in')).waitFor();
  await t.go('/admin/jobs');
  await t.see('ledger.sign');
  await t.signOut();
  await t.signIn('data-ledger');
  await t.go('/admin/ledger');
  await t.see(t.pick('根哈希', 'Root hash'));
  await t.go('/admin/jobs');
  const refused = await t.go('/admin/services');
  if (refused.status() !== 403) throw new Error(`the keeper gets ${refused.status()} on the services`);
}
