// A department's system has rules applied: the administrator makes its token, it asks as a program does, and is told plainly when it
// asks for what is not there, what it may not have, or with what does not fit; then its token is revoked.
export const only = [{ device: 'phone', script: false, lang: 'en' }, { device: 'desktop', script: true, lang: 'zh' }];

const inputs = {
  registers: { population: { household_region: '990900', residence_region: '990101', residence_since: '2020-01-01', residence_basis: 'leased' }, social_insurance: { status: 'paying' } },
  situation: { ground: 'work' }, case: { filed_on: '2026-03-03' },
};

function caller(base, token) {
  return async (path, body, options = {}) => {
    const headers = { 'Content-Type': 'application/json', Authorization: `Bearer ${token}`, ...options };
    const answer = await fetch(`${base}/api/decisions/${path}`, { method: 'POST', headers, body: typeof body === 'string' ? body : JSON.stringify(body) });
    const type = answer.headers.get('content-type');
    if (answer.headers.get('set-cookie')) throw new Error('a system is given a cookie');
    if (!/json/.test(type)) throw new Error(`a system is answered in ${type}`);
    return { status: answer.status, headers: answer.headers, body: await answer.json() };
  };
}

function expect(what, answer, status) {
  if (answer.status !== status) throw new Error(`${what}: ${answer.status} instead of ${status}: ${JSON.stringify(answer.body)}`);
  return answer;
}

async function asks(call) {
  const { body } = expect('a decision', await call('residence-permit/Eligibility', inputs), 200);
  if (body.result.route !== 'grant' || body.explanation || !/^[0-9a-f]{64}$/.test(body.model.sha256) || !(body.version >= 1)) throw new Error(JSON.stringify(body));
  const explained = expect('with the record of why', await call('residence-permit/Eligibility?explain=true', inputs), 200);
  if (explained.body.explanation.decisions.length !== 1) throw new Error('the record of why is not there');
  expect('another service', await call('weather/Eligibility', {}), 404);
  expect('another decision', await call('residence-permit/Weather', {}), 404);
  const wrong = expect('an unknown input', await call('residence-permit/Eligibility', { registres: {} }), 422);
  if (wrong.body.errors?.[0]?.field !== 'registres') throw new Error('the wrong input is not named');
  expect('no object', await call('residence-permit/Eligibility', []), 422);
  expect('no JSON', await call('residence-permit/Eligibility', '{'), 400);
  expect('another department', await call('food-business-licence/Procedures', {}), 403);
  expect('another kind of content', await call('residence-permit/Eligibility', 'a=1', { 'Content-Type': 'text/xml' }), 415);
  expect('too much', await call('residence-permit/Eligibility', { situation: { ground: 'x'.repeat(300000) } }), 413);
}

export default async function decisions(t) {
  const name = `Dispatch ${t.device} ${Date.now()}`;
  await t.signIn('data-admin');
  await t.go('/admin/systems');
  await t.page.locator('main [name=department]').selectOption('public-security');
  await t.page.locator('main [name=name]').fill(name);
  await t.send('/admin/systems');
  const token = (await t.page.locator('.tb-token').innerText()).trim();
  await t.go('/admin/systems');
  if (await t.page.locator('.tb-token').count()) throw new Error('the token is shown again');
  const call = caller(t.base, token);
  await asks(call);
  for (const path of ['/desk', '/cases', '/account', '/admin/systems']) {
    const answer = await fetch(t.base + path, { headers: { Accept: 'application/json', Authorization: `Bearer ${token}` } });
    if (answer.status !== 403) throw new Error(`a system gets ${answer.status} on ${path}`);
  }
  const row = t.page.locator('main tbody tr', { hasText: name });
  await Promise.all([t.page.waitForEvent('load'), row.locator('button').click()]);
  await t.checkPage();
  const refused = expect('a revoked token', await call('residence-permit/Eligibility', inputs), 401);
  if (refused.headers.get('www-authenticate') !== 'Bearer') throw new Error('it is not said how to come in');
}
