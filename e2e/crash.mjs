// Kills a hall under load, again and again:  node e2e/crash.mjs PROGRAM DATA LOOPS [--db URL]
// Workers file queries; whatever was acknowledged before a kill must be there after the restart, the ledger must be whole and not
// forked, and the hall must answer again within two seconds. Speaks TAP.
import { execFileSync, spawn } from 'node:child_process';
import { Person, forms } from './person.mjs';

const [program, data, loops, ...rest] = process.argv.slice(2);
const db = rest[0] === '--db' ? ['--db', rest[1]] : [];
const WORKERS = 8;
const env = { ...process.env, LANG: 'en' };
let number = 0, failed = 0;
function check(ok, text) {
	console.log(`${ok ? 'ok' : 'not ok'} ${++number} - ${text}`);
	if (!ok) failed++;
}

async function serve() {
	const begin = performance.now();
	const child = spawn(program, ['serve', '--data', data, '--listen', '127.0.0.1:0', ...db], { stdio: ['ignore', 'pipe', 'pipe'], env, detached: true });
	let log = '';
	child.stderr.on('data', (bytes) => { log = (log + bytes).slice(-2000); });
	const base = await new Promise((resolve, reject) => {
		let out = '';
		child.stdout.on('data', (bytes) => {
			const m = (out += bytes).match(/port (\d+)/);
			if (m) resolve(`http://127.0.0.1:${m[1]}`);
		});
		child.on('exit', (code) => reject(new Error(`ended with ${code}: ${log}`))); // after the start this rejects nothing
	});
	const answer = await fetch(base + '/readyz');
	const gone = new Promise((resolve) => child.on('exit', resolve));
	return { base, ms: performance.now() - begin, ready: answer.status === 200,
		async kill() { process.kill(-child.pid, 'SIGKILL'); await gone; } };
}

// Files queries until the hall is gone; gives the ids of the cases whose filing was answered.
async function file(person, acknowledged) {
	for (;;) {
		try {
			const start = await person.get('/services/housing-fund-query/start');
			const situation = {};
			for (const f of forms(start.html).flatMap((f) => f.fields)) if (f.name?.startsWith('situation.')) situation[f.name] = f.value;
			let page = await person.send(start, '/services/housing-fund-query/start', situation);
			const id = page.path.match(/\/cases\/([0-9a-f]{32})/)?.[1];
			if (!id) return;
			acknowledged.drafts.add(id);
			for (let i = 0; i < 6 && /\/pages\//.test(page.path); i++) {
				const values = {};
				for (const f of forms(page.html).flatMap((f) => f.fields)) {
					if (!f.name?.startsWith('form.')) continue;
					if (f.type === 'checkbox') values[f.name] = f.value;
					else if (f.type === 'radio' && !(f.name in values)) values[f.name] = f.value;
				}
				const before = page.path;
				page = await person.send(page, before, values);
				if (page.path === before) break;
			}
			if (!/\/check$/.test(page.path)) return;
			page = await person.send(page, `/cases/${id}/submit`);
			if (page.path === `/cases/${id}`) acknowledged.filed.add(id);
		} catch {
			return; // the hall is gone: nothing was answered
		}
	}
}

const people = [];
let slowest = 0, filed = 0, lost = 0;
let hall = await serve();
for (let i = 0; i < WORKERS; i++) {
	const person = new Person(hall.base, 'zhou');
	await person.signIn('zhou', 'tongban-sample-2026');
	people.push(person);
}
for (let loop = 1; loop <= Number(loops); loop++) {
	const acknowledged = { drafts: new Set(), filed: new Set() };
	const work = people.map((person) => { person.base = hall.base; return file(person, acknowledged); });
	await new Promise((r) => setTimeout(r, 150 + Math.random() * 700));
	await hall.kill();
	await Promise.all(work);
	hall = await serve();
	slowest = Math.max(slowest, hall.ms);
	people[0].base = hall.base;
	for (const id of acknowledged.drafts) {
		const answer = await people[0].request(`/cases/${id}`, { headers: { Accept: 'application/json' } });
		if (answer.status !== 200) { lost++; continue; }
		if (acknowledged.filed.has(id) && !(await answer.json()).number) lost++;
	}
	filed += acknowledged.filed.size;
	// Drafts that a kill cut off are put away, or the limit of open drafts would soon stop the work.
	for (const one of (await people[0].json('/cases')).cases.filter((c) => c.state === 'draft'))
		await people[0].send(await people[0].get(one.href), `${one.href}/drop`);
}
await hall.kill();
check(filed >= Number(loops), `${filed} filings were acknowledged before ${loops} kills`);
check(lost === 0, `${lost} acknowledged acts lost`);
check(slowest <= 2000, `the slowest restart took ${Math.round(slowest)} ms (limit 2000)`);
let fsck = '';
try {
	fsck = execFileSync(program, ['ledger', 'fsck', '--data', data, ...db], { encoding: 'utf8', env });
	check(true, `the ledger is whole: ${fsck.trim().split('\n').pop()}`);
} catch (error) {
	check(false, `the ledger is whole: ${error.stderr || error.stdout}`);
}
process.exit(failed ? 1 : 0);
