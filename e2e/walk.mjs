// Walks one construction permit through a hall as five people would, over HTTP, on a scratch copy of the data:
//   node e2e/walk.mjs PROGRAM DATA [--db URL]
// Prints each step with its address; exit status 0 only if every step was seen to be right.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Person, forms, words } from './person.mjs';

const [program, data, ...rest] = process.argv.slice(2);
const db = rest[0] === '--db' ? ['--db', rest[1]] : [];
const PASSWORD = 'tongban-sample-2026';
const SIGNERS = ['fire-sign', 'traffic-sign', 'ecology-sign', 'housing-sign']; // public security stays silent
const pdf = () => Object.assign(new Blob(['%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n'], { type: 'application/pdf' }), { fileName: 'scan.pdf' });

// What the applicant answers, by field; everything else on the pages stays as it is shown.
const ANSWERS = {
	contact_name: '示例己', contact_phone: '13900000301', project_name: '示例花园二期', project_code: '2601-990000-04-01-123457',
	project_kind: 'residential', project_address: '示例市城东区和平路以南', zone: 'city', heritage: 'no', land_kind: 'transfer',
	land_number: '示例出让〔2025〕第19号', land_area: '20000', plot_ratio_limit: '2.5', floor_area_above: '49800', floor_area_below: '12000',
	building_height: '54', parking_spaces: '420', green_ratio: '35', truthful: 'true', 'buildings[0].building_name': '1号楼',
	'buildings[0].storeys_above': '18', 'buildings[0].storeys_below': '2', agent: 'no', detailed_plan: 'no',
};

let count = 0;
function step(text, url) {
	console.log(`${String(++count).padStart(3)}. ${text}${url ? `\n     ${url}` : ''}`);
}

async function serve(clock) {
	const child = spawn(program, ['serve', '--data', data, '--listen', '127.0.0.1:0', ...db, ...(clock ? ['--clock', clock] : [])],
		{ stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, LANG: 'en' } });
	let errors = '';
	child.stderr.on('data', (bytes) => { errors = (errors + bytes).slice(-4000); });
	const base = await new Promise((resolve, reject) => {
		let out = '';
		child.stdout.on('data', (bytes) => {
			out += bytes;
			const m = out.match(/port (\d+)/);
			if (m) resolve(`http://127.0.0.1:${m[1]}`);
		});
		child.on('exit', (code) => reject(new Error(`the hall ended with ${code}: ${errors}`)));
	});
	return { base, async stop() { child.removeAllListeners('exit'); child.kill('SIGTERM'); await new Promise((r) => child.on('exit', r)); } };
}

async function signedIn(hall, login) {
	const person = new Person(hall.base, login);
	await person.signIn(login, PASSWORD);
	return person;
}

function answersFor(page) {
	const values = {};
	for (const form of forms(page.html))
		for (const field of form.fields) {
			const key = field.name?.replace(/^form\./, '');
			if (!field.name?.startsWith('form.')) continue;
			if (field.type === 'file') values[field.name] = pdf();
			else if (key in ANSWERS && (field.type !== 'radio' || true)) values[field.name] = ANSWERS[key];
		}
	return values;
}

async function file(hall) {
	const feng = await signedIn(hall, 'feng');
	step('feng, agent of a developer, signs in', `${hall.base}/sign-in`);
	let page = await feng.get('/account');
	const firm = forms(page.html).find((f) => f.action === '/account/act-for').fields.filter((f) => f.name === 'party').pop();
	page = await feng.send(page, '/account/act-for', { party: firm.value });
	step('and acts for the firm', `${hall.base}/account`);
	page = await feng.get('/services?q=' + encodeURIComponent('规划'));
	assert.match(page.html, /construction-planning-permit/, 'two Chinese characters find the service');
	step('finds the service with two characters: 规划', hall.base + page.path);
	page = await feng.get('/services/construction-planning-permit');
	assert.equal(page.status, 200);
	step('reads the guide', hall.base + page.path);
	page = await feng.get('/services/construction-planning-permit/start');
	const situation = {};
	for (const f of forms(page.html).flatMap((f) => f.fields)) if (f.name?.startsWith('situation.')) situation[f.name] = 'no';
	page = await feng.send(page, '/services/construction-planning-permit/start', situation);
	assert.match(page.path, /\/cases\//, `${page.status} ${page.path} ${words(page.html).slice(0, 900)}`);
	const id = page.path.match(/\/cases\/([0-9a-f]{32})/)[1];
	step('begins; what the registers hold is filled in and put on record', `${hall.base}/cases/${id}`);
	for (let i = 0; i < 20 && /\/pages\//.test(page.path); i++) {
		const before = page.path;
		page = await feng.send(page, before, answersFor(page));
		assert.equal(page.status, 200, `${before}: ${words(page.html).slice(0, 600)}`);
		step('fills in a page', hall.base + before);
	}
	assert.match(page.path, /\/check$/, 'all pages are filled in');
	step('checks the answers', hall.base + page.path);
	page = await feng.send(page, `/cases/${id}/submit`);
	assert.match(page.path, new RegExp(`^/cases/${id}$`), words(page.html).slice(0, 900));
	const number = page.html.match(/[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}/)[0];
	step(`submits: filed as case ${number}`, hall.base + page.path);
	return { id, number };
}

async function work(hall, login, id, outcome, text, reasons) {
	const officer = await signedIn(hall, login);
	let page = await officer.get('/desk');
	assert.equal(page.status, 200);
	page = await officer.get(`/desk/cases/${id}`);
	assert.equal(page.status, 200, `${login} sees the case: ${words(page.html).slice(0, 300)}`);
	page = await officer.send(page, /^\/desk\/tasks\/[0-9a-f]+$/, { outcome, ...(reasons ? { reasons } : {}) });
	assert.equal(page.status, 200, words(page.html).slice(0, 600));
	assert.equal(page.path, `/desk/cases/${id}`, words(page.html).slice(0, 600));
	step(`${login} ${text}`, hall.base + page.path);
	return page;
}

async function until(what, probe) {
	for (let i = 0; i < 150; i++) {
		const found = await probe();
		if (found) return found;
		await new Promise((r) => setTimeout(r, 100));
	}
	throw new Error(`waited in vain until ${what}`);
}

async function takeHome(hall, id) {
	const feng = await signedIn(hall, 'feng');
	let page = await feng.get('/account');
	const firm = forms(page.html).find((f) => f.action === '/account/act-for').fields.filter((f) => f.name === 'party').pop();
	await feng.send(page, '/account/act-for', { party: firm.value });
	page = await feng.get(`/cases/${id}`);
	assert.match(words(page.html), /Granted/);
	step('feng sees the decision', hall.base + page.path);
	const licence = await until('the licence is issued', async () => {
		const list = await feng.get('/licences');
		return list.html.match(/href="(\/licences\/[0-9a-f]{32})"/)?.[1];
	});
	page = await feng.get(licence);
	assert.equal(page.status, 200);
	step('the permit is issued, with its QR code', hall.base + licence);
	const verify = page.html.match(/\/verify[^"#\s<]*/)?.[0];
	const nobody = new Person(hall.base, 'anybody');
	page = await nobody.get(unescape(verify ?? '/verify').replace(/&amp;/g, '&'));
	assert.equal(page.status, 200);
	assert.match(words(page.html), /Valid/i);
	step('anybody verifies it without signing in', hall.base + page.path);
	page = await feng.get(`/cases/${id}`);
	const receipts = [...new Set([...page.html.matchAll(/\/receipts\/([0-9a-f]{32})/g)].map((m) => m[1]))];
	const folder = mkdtempSync(join(tmpdir(), 'tongban-receipts-'));
	const key = join(folder, 'ledger.pub');
	writeFileSync(key, await (await nobody.request('/ledger/key')).text());
	let checked = 0;
	for (const leaf of receipts) {
		const answer = await until('the receipt is sealed', async () => {
			const a = await feng.request(`/receipts/${leaf}/file`);
			return a.status === 200 ? a : null;
		});
		const path = join(folder, `${leaf}.json`);
		writeFileSync(path, await answer.text());
		const out = execFileSync(program, ['verify', path, '--key', key], { encoding: 'utf8', env: { ...process.env, LANG: 'en' } });
		assert.match(out, /receipt verified/);
		checked++;
	}
	step(`takes ${checked} receipts home and checks each with: tongban verify RECEIPT.json --key ledger.pub`, `${hall.base}/receipts/${receipts[0]}`);
	console.log(`     ${folder}`);
}

let hall = await serve();
let filed;
try {
	filed = await file(hall);
	await work(hall, 'planning-desk', filed.id, 'accepted', 'accepts it: the clock runs');
	await work(hall, 'planning-review', filed.id, 'passed', 'reviews it; five departments are asked to countersign');
	for (const login of SIGNERS) await work(hall, login, filed.id, 'agree', 'agrees');
} finally {
	await hall.stop();
}
step('five working days pass (this copy\'s clock is put forward); public security stays silent');
hall = await serve('+14d');
try {
	const officer = await signedIn(hall, 'planning-approve');
	await until('silence counts as consent', async () => /silent: counts as consent/.test((await officer.get(`/desk/cases/${filed.id}`)).html));
	step('its silence counts as consent and is shown as such', `${hall.base}/desk/cases/${filed.id}`);
	await work(hall, 'planning-approve', filed.id, 'granted', 'decides: granted');
	await takeHome(hall, filed.id);
} finally {
	await hall.stop();
}
console.log('receipt verified');
