// The receipt check in the page: the script shows that a wrong file is wrong, and says at which step.
export const needsHall = false;
export const only = [{ device: 'desktop', script: true, lang: 'en' }, { device: 'phone', script: true, lang: 'zh' }];

export default async function receipt(t) {
  await t.go(`/${t.lang}.html`);
  await t.page.setInputFiles('#receipt-file', { name: 'receipt.json', mimeType: 'application/json', buffer: Buffer.from('{"format": "tongban-receipt/1"}') });
  await t.page.locator('[data-step=read][data-state=wrong]').waitFor();
  await t.page.locator('[data-verdict=wrong]').waitFor();
  t.checked = '';
}
