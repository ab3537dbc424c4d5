// case.mjs BASE: chen applies for a residence permit, which is granted at once; prints her cookie and the path of the case.
import { Person, forms } from '../../e2e/person.mjs';

const answers = { 'situation.ground': 'work', 'situation.registered': 'yes', 'situation.insured': 'yes', 'form.home_kind': 'leased',
	'form.delivery': 'pickup', 'form.truthful': 'true' };
const photo = () => Object.assign(new Blob([Buffer.from('/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAP//////////////////////////////////////////////////////////////////////////////////////wAALCAABAAEBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAACP/EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQEAAD8AN//Z', 'base64')], { type: 'image/jpeg' }), { fileName: 'photo.jpg' });

const chen = new Person(process.argv[2], 'chen');
await chen.signIn('chen', 'tongban-sample-2026');
let page = await chen.get('/services/residence-permit/start');
for (let i = 0; i < 12 && !/\/check$/.test(page.path); i++) {
	const form = forms(page.html).find((f) => f.method === 'post' && (f.action ?? page.path).startsWith(page.path));
	const values = Object.fromEntries(form.fields.filter((f) => f.name in answers).map((f) => [f.name, answers[f.name]]));
	for (const field of form.fields) if (field.type === 'file') values[field.name] = photo();
	page = await chen.send(page, page.path, values);
}
page = await chen.send(page, page.path.replace(/check$/, 'submit'));
for (let i = 0; i < 100 && !page.html.includes('Granted'); i++) {
	await new Promise((resolve) => setTimeout(resolve, 100));
	page = await chen.get(page.path);
}
if (!page.html.includes('Granted')) throw new Error(`${page.status} ${page.path}: the permit is not granted`);
console.log([...chen.cookies].map(([name, value]) => `${name}=${value}`).join('; '));
console.log(page.path);
