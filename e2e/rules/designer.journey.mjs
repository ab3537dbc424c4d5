// Rules changed in the desk: one administrator drafts, looks, tries and replays; another publishes. With script in dmn-js's table,
// without it in the text of the model.
const service = '/admin/services/residence-permit';

// The English words of the last rule.
const last = /"[^"<]*"(?=<\/text>\s*<\/outputEntry>\s*<annotationEntry>\s*<text>居住证暂行条例第九条第二款、第五款)/;

async function edit(t, words) {
  if (t.script) {
    await t.page.locator('.tb-editor tbody tr').last().locator('td.output-cell').last().click();
    await t.page.keyboard.press('Control+A');
    await t.page.keyboard.type(`"${words}"`);
    await t.page.locator('.tb-editor tbody td.input-cell').first().click();
    return;
  }
  const field = t.page.locator('#field-text');
  await field.fill((await field.inputValue()).replace(last, `"${words}"`));
}

export default async function designer(t) {
  const words = `An officer checks what you uploaded. (${t.device} ${t.lang} ${t.script})`;
  await t.signIn('data-admin');
  await t.go(service);
  await t.press(t.pick('规则与草案', 'Rules and drafts'), 'link');
  await t.press(t.pick('新建草案', 'Begin a draft'), 'button');
  const draft = new URL(t.page.url()).pathname;
  await t.go(`${draft}/edit?path=eligibility.dmn`);
  if (t.script) await t.page.locator('.tb-editor td.output-cell').first().waitFor();
  await edit(t, words);
  await t.press(t.pick('保存草案', 'Save the draft'), 'button');
  await t.page.getByText(words).first().waitFor();
  await t.go(`${draft}/changes`);
  await t.page.getByText(words).first().waitFor();
  // A text that is no model is not kept, and stays in the field.
  await t.go(`${draft}/edit?path=eligibility.dmn`);
  if (t.script) await t.page.getByRole('button', { name: t.pick('以文本编辑', 'Edit as text') }).click();
  await t.page.locator('#field-text').fill('<definitions');
  await t.press(t.pick('保存草案', 'Save the draft'), 'button');
  if ((await t.page.locator('#field-text').inputValue()) !== '<definitions') throw new Error('what was typed is lost');
  await t.go(draft);
  await t.press(t.pick('运行示例办件', 'Run the example cases'), 'button');
  await t.page.getByText(t.pick('11个通过，0个不一致', '11 passed, 0 differ')).waitFor();
  await t.page.locator('#field-from').fill('2026-01-01');
  await t.page.locator('#field-until').fill('2026-12-31');
  await t.press(t.pick('回放', 'Replay'), 'button');
  await t.go(draft);
  await t.press(t.pick('退出登录', 'Sign out'), 'button');
  await t.signIn('data-admin2');
  await t.go(draft);
  await t.press(t.pick('发布这个版本', 'Publish this version'), 'button');
  if (new URL(t.page.url()).pathname !== service) throw new Error('the draft was not published');
  await t.press(t.pick('显示', 'Show'), 'link');
  await t.page.getByText(words).first().waitFor();
}
