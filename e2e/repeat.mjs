// A repeatable block without a script: adding and removing rows keeps what was typed.  node e2e/repeat.mjs BASE   Speaks TAP.
import { Person, forms } from './person.mjs';

let number = 0, failed = 0;
function check(ok, text) {
	console.log(`${ok ? 'ok' : 'not ok'} ${++number} - ${text}`);
	if (!ok) failed++;
}
const person = new Person(process.argv[2], 'feng');
await person.signIn('feng', 'tongban-sample-2026');
let page = await person.get('/account');
const firm = forms(page.html).find((f) => f.action === '/account/act-for').fields.filter((f) => f.name === 'party').pop();
await person.send(page, '/account/act-for', { party: firm.value });
page = await person.get('/services/construction-planning-permit/start');
page = await person.send(page, '/services/construction-planning-permit/start', { 'situation.agent': 'no', 'situation.detailed_plan': 'no' });
const path = `/cases/${page.path.match(/cases\/([0-9a-f]+)/)[1]}/pages/design`;

const rows = () => forms(page.html).find((f) => f.action === path).fields.filter((f) => /building_name$/.test(f.name ?? '')).map((f) => f.value);
async function press(button, values = {}) {
	const body = new FormData();
	for (const field of forms(page.html).find((f) => f.action === path).fields)
		if (field.name && !['file', 'radio', 'checkbox'].includes(field.type)) body.append(field.name, values[field.name] ?? field.value);
	body.append('next', button);
	const answer = await person.request(path, { method: 'POST', body });
	page = await person.get(path);
	return answer.status;
}

page = await person.get(path);
const before = rows().length;
check((await press('row.buildings', { 'form.buildings[0].building_name': 'typed before' })) === 303, 'a row is added');
check(rows().length === before + 1 && rows()[0] === 'typed before', 'what was typed on the page is kept');
check((await press('unrow.buildings')) === 303 && rows().length === before && rows()[0] === 'typed before', 'the last row is removed');
check((await press('row.nonsense')) === 404 && rows().length === before, 'a block that is not there changes nothing');
process.exit(failed ? 1 : 0);
