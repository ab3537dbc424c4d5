// All components on one page, as `styleguide DIR` writes them.
export const needsHall = false;

export default async function components(t) {
  await t.go(`/${t.lang}.html`);
  await t.see(t.pick('食品经营许可', 'Food business licence'));
  if (t.lang === 'zh') await t.go('/elder.html');
  if (t.script) await t.page.locator('.govuk-error-summary:focus').waitFor();
}
