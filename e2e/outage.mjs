// A hall in trouble: what it says, what it still does, and that it goes on by itself once the trouble is over. Over HTTP:
//   node e2e/outage.mjs full|stopped http://127.0.0.1:8080 "COMMAND that breaks" "COMMAND that mends"
// Prints TAP.
import assert from 'node:assert/strict';
import { execSync } from 'node:child_process';
import { Person, forms, words } from './person.mjs';

const [kind, base, breakIt, mendIt] = process.argv.slice(2);
const PASSWORD = 'tongban-sample-2026', SECONDS = 20;
const TROUBLE = {
	full: {
		ready: /^database not ready: the disk is full: writes are refused, reading goes on$/m,
		zh: /磁盘已满，现在无法保存。仍可阅读/, en: /disk of this office's server is full, so nothing can be saved now. Reading still works/,
		reads: true, uploads: true,
	},
	stopped: {
		ready: /^database not ready: the connection is lost$/m,
		zh: /数据库暂时不可用，没有改动任何内容/, en: /database is not available right now. Nothing was changed/,
		reads: false, uploads: false,
	},
}[kind];

let count = 0, failed = 0;
async function check(what, work) {
	count++;
	try {
		await work();
		console.log(`ok ${count} - ${kind}: ${what}`);
	} catch (error) {
		failed++;
		console.log(`not ok ${count} - ${kind}: ${what}\n# ${error.message.split('\n').join('\n# ')}`);
	}
}

class Reader extends Person {
	constructor(lang) {
		super(base, lang);
		this.lang = lang;
	}

	request(path, options = {}) {
		return super.request(path, { ...options, headers: { 'Accept-Language': this.lang, ...options.headers } });
	}
}

const main = (page) => words(page.html.match(/<main[\s\S]*<\/main>/)?.[0] ?? page.html);
const ready = async () => { const answer = await fetch(`${base}/readyz`); return { status: answer.status, text: await answer.text() }; };

async function until(what, probe) {
	for (const end = Date.now() + SECONDS * 1000; Date.now() < end;) {
		if (await probe()) return;
		await new Promise((resolve) => setTimeout(resolve, 50));
	}
	throw new Error(`waited in vain until ${what}`);
}

// A draft of chen's with a page of it open in her browser, as a program would have read it too.
async function openDraft(lang) {
	const chen = new Reader(lang);
	await chen.signIn('chen', PASSWORD);
	let page = await chen.get('/services/residence-permit/start');
	page = await chen.send(page, '/services/residence-permit/start', { 'situation.ground': 'work', 'situation.registered': 'yes', 'situation.insured': 'yes' });
	assert.match(page.path, /\/cases\/[0-9a-f]{32}\/pages\//, `${page.status} ${main(page).slice(0, 300)}`);
	const field = forms(page.html).flatMap((form) => form.fields).find((one) => one.name === 'form.phone');
	assert.ok(field, `${page.path} asks for a phone number`);
	return { chen, page, lang };
}

const drafts = [];
await check('the hall is ready and takes drafts', async () => {
	assert.equal((await ready()).status, 200);
	for (const lang of ['zh', 'en']) drafts.push(await openDraft(lang));
});
execSync(breakIt, { stdio: 'ignore' });

for (const { chen, page, lang } of drafts) {
	await check(`${lang}: a page that is sent is refused in words, and what was typed is still there`, async () => {
		const refused = await chen.send(page, page.path, { 'form.phone': '13900007777', 'use.phone': null });
		assert.equal(refused.status, 503, main(refused).slice(0, 300));
		assert.match(main(refused), TROUBLE[lang]);
		assert.ok(/^<!doctype html>/i.test(refused.html), 'it is a page');
		assert.ok(refused.html.includes(TROUBLE.reads ? 'value="13900007777"' : 'href="/resume"'), 'what was typed is there');
	});
	await check(`${lang}: a program gets a problem document`, async () => {
		const answer = await chen.request('/sign-in', { method: 'POST', body: '{"login":"zhou","password":"x"}', headers: { 'Content-Type': 'application/json', Accept: 'application/json' } });
		const problem = await answer.json();
		assert.equal(answer.status, 503);
		assert.match(answer.headers.get('content-type'), /^application\/problem\+json/);
		assert.equal(problem.status, 503);
		assert.match(problem.title + problem.detail, TROUBLE[lang]);
	});
	await check(`${lang}: reading ${TROUBLE.reads ? 'goes on' : 'is refused in words too'}`, async () => {
		for (const path of ['/', '/services/residence-permit', '/ledger', '/cases', page.path]) {
			const read = await chen.get(path);
			assert.equal(read.status, TROUBLE.reads ? 200 : 503, `${path}: ${main(read).slice(0, 200)}`);
			if (!TROUBLE.reads) assert.match(main(read), TROUBLE[lang]);
		}
	});
}
if (TROUBLE.uploads)
	await check('a file finds no room either', async () => {
		const { chen, page } = drafts[1];
		const body = new FormData();
		body.append('csrf', forms(page.html).flatMap((form) => form.fields).find((field) => field.name === 'csrf').value);
		body.append('form.photo', new Blob(['%PDF-1.4\n%%EOF\n'.padEnd(100000)], { type: 'application/pdf' }), 'photo.pdf');
		const answer = await chen.request(page.path, { method: 'POST', body });
		assert.equal(answer.status, 503);
		assert.match(words(await answer.text()), TROUBLE.en);
	});
await check('it is alive, and says at /readyz why it is not ready', async () => {
	await until('/readyz is 503', async () => (await ready()).status === 503);
	assert.match((await ready()).text, TROUBLE.ready);
	assert.equal((await fetch(`${base}/livez`)).status, 200);
});
execSync(mendIt, { stdio: 'ignore' });
await check('it is ready again by itself', () => until('/readyz is 200', async () => (await ready()).status === 200));
for (const { chen, page, lang } of drafts)
	await check(`${lang}: what was refused is taken now, once`, async () => {
		const now = await chen.get(page.path);
		assert.ok(!now.html.includes('13900007777'), 'nothing had been saved');
		const again = TROUBLE.reads ? now : await chen.get('/resume');
		const taken = await chen.send(again, page.path, TROUBLE.reads ? { 'form.phone': '13900007777', 'use.phone': null } : {});
		assert.equal(taken.status, 200, main(taken).slice(0, 300));
		assert.ok((await chen.get(page.path)).html.includes('13900007777'), 'it is saved');
	});
console.log(`1..${count}`);
process.exitCode = failed ? 1 : 0;
