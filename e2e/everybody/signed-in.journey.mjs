// Every page that a citizen, officers and administrators reach from their navigation, and the first page of an application.
const people = [
  ['chen', ['/cases', '/licences', '/inbox', '/data', '/account', '/services/residence-permit/start']],
  ['planning-desk', ['/desk', '/desk?mine=1', '/desk?clock=late']],
  ['data-admin', ['/admin/services', '/admin/services/residence-permit', '/admin/services/residence-permit/rules', '/admin/staff', '/admin/systems', '/account']],
  ['data-ledger', ['/admin/ledger']],
  ['data-audit', ['/audit/disputes']],
];

export default async function pages(t) {
  for (const [login, paths] of people) {
    await t.signIn(login);
    for (const path of paths) {
      const response = await t.go(path);
      if (response.status() !== 200) throw new Error(`${login} gets ${response.status()} on ${path}`);
    }
    await t.press(t.pick('退出登录', 'Sign out'), 'button');
  }
}
