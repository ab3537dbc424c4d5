// A person on a journey: goes, reads, fills in, presses, in words that are on the page. Every page seen is checked: axe-core
// finds nothing, nothing breaks the content security policy, no script fails, nothing is missing, no request leaves the site.
import fs from 'node:fs';
import { createRequire } from 'node:module';

const axeSource = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

// Pages made of the same parts, in one size and language, are checked once.
const seen = new Set();

export class Traveller {
  constructor(context, base, variant) {
    Object.assign(this, { context, base, ...variant, faults: [], checked: new Set(), loads: 0, visited: new Set() });
  }

  async begin() {
    this.page = await this.context.newPage();
    this.debug = await this.context.newCDPSession(this.page);
    await this.allowScript(this.script);
    this.page.on('load', () => { this.loads++; });
    this.page.on('pageerror', (error) => this.faults.push(`script: ${error.message}`));
    this.page.on('console', (message) => {
      if (message.type() === 'error' && !/status of 4\d\d/.test(message.text())) this.faults.push(`console: ${message.text()}`);
    });
    this.page.on('request', (request) => {
      if (!request.url().startsWith(this.base) && !request.url().startsWith('data:')) this.faults.push(`left the site: ${request.url()}`);
    });
    this.page.on('response', (response) => {
      const isPart = response.request().resourceType() !== 'document' && response.request().resourceType() !== 'fetch';
      if (isPart && response.status() >= 400) this.faults.push(`missing: ${response.url()} ${response.status()}`);
    });
    await this.context.addCookies([{ name: 'lang', value: this.lang, url: this.base }]);
  }

  // Scripts of the pages are off by the browser's own switch; the check turns them on for itself, when none of the page's can
  // run any more.
  allowScript(allowed) {
    return this.debug.send('Emulation.setScriptExecutionDisabled', { value: !allowed });
  }

  async end() {
    await this.checkPage();
  }

  // The text in the language of this journey.
  pick(zh, en) {
    return this.lang === 'zh' ? zh : en;
  }

  // axe-core on the page as it is now, once for each load; WCAG 2.2 A and AA and best practices.
  async checkPage() {
    const mark = `${this.page.url()} ${this.loads}`;
    if (this.checked.has(mark)) return;
    this.checked.add(mark);
    this.visited.add(new URL(this.page.url()).pathname);
    await this.allowScript(true);
    const parts = await this.page.evaluate(() => [...new Set([...document.querySelectorAll('[class], [role], [aria-label]')].map((part) => `${part.localName}.${part.className}`))].sort().join(' '));
    const make = `${this.device} ${this.lang} ${new URL(this.page.url()).pathname.replace(/[0-9a-f]{32}/g, '*')} ${parts}`;
    if (seen.has(make)) return void await this.allowScript(this.script);
    seen.add(make);
    await this.page.evaluate(axeSource);
    const violations = await this.page.evaluate(async () => {
      const result = await window.axe.run(document, { resultTypes: ['violations'] });
      return result.violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html, target }) => `${target.join(' ')} ${html.slice(0, 120)}`).slice(0, 3).join(' | ')}`);
    });
    const wide = await this.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    await this.allowScript(this.script);
    if (wide > 0) this.faults.push(`the page is ${wide} px wider than the screen`);
    this.faults.push(...violations.map((violation) => `axe: ${violation}`));
    if (this.faults.length) throw new Error(`${this.page.url()}\n${this.faults.join('\n')}`);
  }

  async go(address) {
    const response = await this.page.goto(this.base + address);
    await this.checkPage();
    return response;
  }

  // Presses a link or button by its words and waits for the page that follows.
  async press(words, role) {
    const target = role ? this.page.getByRole(role, { name: words }) : this.page.getByRole('button', { name: words }).or(this.page.getByRole('link', { name: words }));
    await Promise.all([this.page.waitForEvent('load'), target.first().click()]);
    await this.checkPage();
  }

  // The sample city's people share one password.
  async signIn(login, password = 'tongban-sample-2026') {
    await this.go('/sign-in');
    await this.page.locator('#field-login').fill(login);
    await this.page.locator('#field-password').fill(password);
    await this.page.locator('main button[type=submit]').click();
    await this.page.waitForLoadState('load');
    await this.checkPage();
    if (new URL(this.page.url()).pathname === '/sign-in') throw new Error(`${login} cannot sign in`);
  }

  async fill(label, value) {
    await this.page.getByLabel(label, { exact: true }).fill(value);
  }

  async choose(label, value) {
    await this.page.getByLabel(label, { exact: true }).selectOption(value);
  }

  async check(label) {
    await this.page.getByLabel(label, { exact: true }).check();
  }

  async attach(label, file) {
    await this.page.getByLabel(label, { exact: true }).setInputFiles(file);
  }

  // Fills in what the page asks among these answers, by the service's own names of its fields: a text, the value of a choice, a
  // list of ticks, a file. What is folded away stays as it is.
  async answer(answers, prefix = 'form.') {
    for (const [name, value] of Object.entries(answers)) {
      const fields = this.page.locator(`main [name="${prefix}${name}"]`);
      if (!(await fields.count())) continue;
      const type = await fields.first().getAttribute('type');
      if (type === 'radio') await this.page.locator(`main [name="${prefix}${name}"][value="${value}"]`).check();
      else if (type === 'checkbox') for (const one of [value].flat()) await this.page.locator(`main [name="${prefix}${name}"][value="${one}"]`).check();
      else if (type === 'file') await fields.setInputFiles(value);
      else if (await fields.isVisible()) await fields.fill(value);
    }
  }

  // The same file for whatever the page wants a file for.
  async attachAll(file) {
    for (const field of await this.page.locator('main input[type=file]').all()) await field.setInputFiles(file);
  }

  // Presses the page's first button of that kind and waits for what follows.
  async send(action) {
    let form = action ?? '';
    if (action instanceof RegExp) form = await this.page.locator('main form').evaluateAll((all, source) => all.map((one) => one.getAttribute('action')).find((one) => new RegExp(source).test(one)), action.source);
    const button = this.page.locator(form ? `main form[action="${form}"] button[type=submit]` : 'main form button.govuk-button[type=submit]');
    await Promise.all([this.page.waitForEvent('load'), button.first().click()]);
    await this.checkPage();
  }

  // Every page of an application as far as the check of the answers; `file` goes wherever one is wanted.
  async fillIn(answers, file) {
    for (let page = 0; page < 12 && /\/pages\//.test(this.page.url()); page++) {
      const before = this.page.url();
      await this.answer(answers);
      if (file) await this.attachAll(file);
      await this.send();
      if (this.page.url() === before) throw new Error(`${before} is not accepted: ${await this.page.locator('.govuk-error-summary').innerText().catch(() => 'no reason given')}`);
    }
    await this.expectPath(/\/check$/);
  }

  // Begins an application; gives the case's address.
  async begins(service, situation = {}) {
    await this.go(`/services/${service}`);
    await this.page.locator('.govuk-button--start').click();
    await this.page.waitForLoadState('load');
    await this.checkPage();
    await this.answer(situation, 'situation.');
    await this.send();
    return new URL(this.page.url()).pathname.match(/^\/cases\/[0-9a-f]{32}/)[0];
  }

  // Reloads until the words are there: what the hall does after its answer takes a moment.
  async await(words) {
    for (let i = 0; i < 100 && !(await this.page.getByText(words).count()); i++) await this.page.reload();
    await this.see(words);
  }

  async signOut() {
    await this.press(this.pick('退出登录', 'Sign out'), 'button');
  }

  // For the one firm that the person may act for besides the own name.
  async actForTheFirm() {
    await this.go('/account');
    await this.page.locator('main [name=party]').last().check();
    await this.send('/account/act-for');
  }

  // An officer does the task of a case that is hers: the outcome, and what else is to be written.
  async work(login, address, outcome, fillIn) {
    await this.signIn(login);
    await this.go('/desk');
    await this.go(`/desk${address}`);
    await this.page.locator(`main [name=outcome][value=${outcome}]`).check();
    await fillIn?.();
    await this.send(/^\/desk\/tasks\/[0-9a-f]{32}$/);
    await this.expectPath(/^\/desk\/cases\/[0-9a-f]{32}$/);
    if (await this.page.locator('.govuk-error-summary').count()) throw new Error(`${login}: ${await this.page.locator('.govuk-error-summary').innerText()}`);
    await this.signOut();
  }

  // The words are there, or the journey fails.
  async see(words) {
    await this.page.getByText(words).first().waitFor();
  }

  // The page on paper: these words are on it, those are not, nothing can be pressed, and it takes no more sheets than told.
  async onPaper(words, without, sheets) {
    await this.page.emulateMedia({ media: 'print' });
    const text = await this.page.locator('body').innerText();
    const pressed = await this.page.locator('button:visible, input:visible, nav:visible').count();
    await this.page.emulateMedia({ media: null });
    for (const one of words) if (!text.includes(one)) throw new Error(`“${one}” is not printed`);
    for (const one of without) if (text.includes(one)) throw new Error(`“${one}” is printed`);
    if (pressed) throw new Error(`${pressed} things to press are printed`);
    const pages = (await this.page.pdf({ format: 'A4' })).toString('latin1').match(/\/Type \/Page\b/g)?.length ?? 0;
    if (pages < 1 || pages > sheets) throw new Error(`it takes ${pages} sheets, not ${sheets}`);
  }

  async expectPath(pattern) {
    const address = new URL(this.page.url()).pathname;
    if (!pattern.test(address)) throw new Error(`expected a page like ${pattern}, am at ${address}`);
  }

  // The next page is asked for JSON, as another system would: the page's twin.
  async twin(address) {
    const response = await this.context.request.get(this.base + address, { headers: { Accept: 'application/json' } });
    return response.json();
  }
}
