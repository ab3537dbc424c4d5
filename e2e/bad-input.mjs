// What goes wrong when people and programs send what does not fit: each is answered with the right status, in the reader's language, at
// its place, and changes nothing. Over HTTP against a running hall:
//   node e2e/bad-input.mjs http://127.0.0.1:8080
// Prints TAP.
import assert from 'node:assert/strict';
import { Person, forms, words } from './person.mjs';

const base = process.argv[2];
const PASSWORD = 'tongban-sample-2026';
const JSON_TYPE = 'application/json', FORM_TYPE = 'application/x-www-form-urlencoded';
const photo = Buffer.from('/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAP//////////////////////////////////////////////////////////////////////////////////////wAALCAABAAEBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAACP/EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQEAAD8AN//Z', 'base64');
const file = (bytes, name, type) => Object.assign(new Blob([bytes], { type }), { fileName: name });

let count = 0, failed = 0;
async function check(what, work) {
	count++;
	try {
		await work();
		console.log(`ok ${count} - ${what}`);
	} catch (error) {
		failed++;
		console.log(`not ok ${count} - ${what}\n# ${error.message.split('\n').join('\n# ')}`);
	}
}

// A reader with a language: what is sent, what comes back as the words of the page, or the problem document.
class Reader extends Person {
	constructor(lang) {
		super(base, lang);
		this.lang = lang;
	}

	request(path, options = {}) {
		return super.request(path, { ...options, headers: { 'Accept-Language': this.lang, ...options.headers } });
	}

	pick(zh, en) {
		return this.lang === 'zh' ? zh : en;
	}

	async post(path, body, type, headers = {}) {
		const answer = await this.request(path, { method: 'POST', body, headers: { 'Content-Type': type, ...headers } });
		const text = await answer.text();
		return { status: answer.status, path, html: text, text: words(text.match(/<main[\s\S]*<\/main>/)?.[0] ?? text) };
	}

	// A form of the page `from`, with this body over its token.
	async postForm(path, body) {
		const form = forms((await this.get(path)).html).find((one) => one.action === path && one.method === 'post');
		return this.post(path, `${body}&csrf=${form.fields.find((field) => field.name === 'csrf').value}`, FORM_TYPE);
	}
}

function expect(page, status, zhOrEn) {
	const text = page.text ?? words(page.html.match(/<main[\s\S]*<\/main>/)?.[0] ?? page.html);
	assert.equal(page.status, status, `${page.path}: ${text.slice(0, 400)}`);
	if (zhOrEn) assert.match(text, zhOrEn instanceof RegExp ? zhOrEn : new RegExp(zhOrEn.replace(/[().]/g, '\\$&')));
}

// Requests that are not what they should be, to a form that anybody may send.
async function requests(t) {
	const asJson = (body) => t.post('/sign-in', body, JSON_TYPE, { Accept: JSON_TYPE });
	await check(`${t.lang}: JSON that ends too early`, async () => expect(await asJson('{"login":'), 400, t.pick('过早结束', 'ends too early')));
	await check(`${t.lang}: JSON that is no object`, async () => expect(await asJson('[1]'), 400, t.pick('请发送 JSON 对象', 'Send a JSON object')));
	await check(`${t.lang}: a name twice in JSON`, async () => expect(await asJson('{"login":"a","login":"b"}'), 400, t.pick('出现了两次', 'stands twice')));
	await check(`${t.lang}: JSON that is not UTF-8`, async () => expect(await asJson(new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])), 400, 'UTF-8'));
	await check(`${t.lang}: wrong types in JSON, each at its field`, async () => {
		const { errors } = JSON.parse((await asJson('{"login":5,"password":{"a":1}}')).html);
		assert.deepEqual(errors.map(({ field }) => field), ['login', 'password']);
		assert.match(errors[0].detail, t.lang === 'zh' ? /请在这里填写文字/ : /Send a text/);
	});
	await check(`${t.lang}: content of another kind`, async () => expect(await t.post('/sign-in', '<a/>', 'text/xml'), 415, t.pick('不接收此类内容', 'not accepted here')));
	await check(`${t.lang}: more than fits`, async () => expect(await t.post('/sign-in', `login=${'a'.repeat(70000)}`, FORM_TYPE), 413, '64 KB'));
	await check(`${t.lang}: far more than fits`, async () => expect(await t.post('/sign-in', Buffer.alloc(40 << 20, 'a'), FORM_TYPE), 413, '64 KB'));
	await check(`${t.lang}: without the page's token`, async () => expect(await t.post('/sign-in', 'login=a&password=b', FORM_TYPE), 403, t.pick('打开时间过长', 'open for too long')));
	await check(`${t.lang}: from another site`, async () => expect(await t.post('/sign-in', 'login=a&password=b', FORM_TYPE, { 'Sec-Fetch-Site': 'cross-site' }), 403, t.pick('其他网站', 'from another site')));
	await check(`${t.lang}: a field that is not known is named`, async () => expect(await t.postForm('/sign-in', 'login=a&password=b&extra=1'), 422, t.pick('没有字段“extra”', 'field “extra” is not known')));
	for (const [what, body, zh, en] of [
		['text that is not UTF-8', 'login=%FF%FE&password=b', '不是 UTF-8', 'not UTF-8'], ['a control character', 'login=a%00b&password=b', '不能显示的字符', 'cannot be printed'],
		['a field twice', 'login=a&login=c&password=b', '只能有一个答案', 'Only one answer'], ['nothing', 'login=&password=', '请填写此项', 'Fill in this field'],
		['a text too long', `login=${'a'.repeat(300)}&password=b`, '最多填写64个字符', 'at most 64'],
	])
		await check(`${t.lang}: ${what}, at its field`, async () => {
			const page = await t.postForm('/sign-in', body);
			expect(page, 422, t.pick(zh, en));
			assert.match(page.html, /id="error-login"/);
			expect(page, 422, t.pick('登录名：', 'Sign-in name: ')); // the summary of errors says which field
			assert.match(page.html, /href="#field-login"/);
		});
	await check(`${t.lang}: a wrong password, said at its field, the name still there`, async () => {
		const page = await t.postForm('/sign-in', `login=nobody-${t.lang}&password=b`);
		expect(page, 422, t.pick('登录名与密码不符', 'do not belong together'));
		assert.match(page.html, /id="error-password"/);
		assert.match(page.html, new RegExp(`value="nobody-${t.lang}"`));
	});
	await check(`${t.lang}: a method that is not possible`, async () => assert.equal((await t.request('/sign-in', { method: 'DELETE' })).status, 405));
	for (const [path, status, zh, en] of [
		['/services?x=1', 422, '没有字段“x”', 'field “x” is not known'], [`/services?q=${'a'.repeat(300)}`, 422, '最多填写100个字符', 'at most 100'],
		['/docs/..%2f..%2fetc%2fpasswd', 404, '没有这一页', 'no such page'], ['/%FF', 404, '没有这个页面', 'no such page'],
		['/verify?code=%3Cscript%3E', 200, '没有使用该核验码的证照', 'No licence has this code'],
	])
		await check(`${t.lang}: ${path.slice(0, 40)}`, async () => expect(await t.get(path), status, t.pick(zh, en)));
}

// A citizen's draft: nothing that does not fit gets in, what was there stays.
async function draft(t) {
	await t.signIn('chen', PASSWORD);
	const before = (await t.json('/cases')).cases.length;
	for (const [what, given, zh, en] of [['no answer', null, '请选择一项', 'Please choose one'], ['an answer that was not offered', 'banana', '请从选项中选择', 'Choose one of the options']])
		await check(`${t.lang}: the questions before an application with ${what}`, async () => {
			const start = '/services/residence-permit/start', token = forms((await t.get(start)).html).find((one) => one.action === start).fields.find((field) => field.name === 'csrf').value;
			const page = await t.post(start, `csrf=${token}&situation.registered=yes&situation.insured=yes${given ? `&situation.ground=${given}` : ''}`, FORM_TYPE);
			expect(page, 422, t.pick(zh, en));
			assert.match(page.html, /id="error-situation.ground"/);
			assert.match(page.html, /name="situation.registered" type="radio" value="yes" checked/);
			assert.equal((await t.json('/cases')).cases.length, before, 'something was begun all the same');
		});
	const start = await t.send(await t.get('/services/residence-permit/start'), '/services/residence-permit/start', { 'situation.ground': 'work', 'situation.registered': 'yes', 'situation.insured': 'yes' });
	const id = start.path.match(/[0-9a-f]{32}/)[0], portrait = `/cases/${id}/pages/portrait`, you = `/cases/${id}/pages/you`;
	const upload = async (one) => t.send(await t.get(portrait), portrait, { 'form.photo': one });
	for (const [what, one] of [['a program that calls itself a photo', file('MZ\x90 program', 'photo.jpg', 'image/jpeg')], ['a web page', file('<script>alert(1)</script>', 'a.html', 'text/html')]])
		await check(`${t.lang}: ${what}`, async () => expect(await upload(one), 422, t.pick('不接收此类文件', 'kind of file is not taken')));
	await check(`${t.lang}: an empty file`, async () => expect(await upload(file('', 'photo.jpg', 'image/jpeg')), 422, t.pick('请添加文件', 'add the file')));
	await check(`${t.lang}: a file name that leads elsewhere`, async () => {
		expect(await upload(file(photo, '../../../../etc/passwd\u0000.jpg', 'image/jpeg')), 200);
		expect(await t.get(portrait), 200, / passwd\.jpg|：passwd\.jpg/);
	});
	await check(`${t.lang}: multipart without an end, and without a boundary`, async () => {
		expect(await t.post(portrait, '--b\r\nContent-Disposition: form-data; name="csrf"\r\n\r\nabc', 'multipart/form-data; boundary=b'), 400, t.pick('传输中损坏', 'arrived damaged'));
		expect(await t.post(portrait, 'x', 'multipart/form-data'), 400, t.pick('传输中损坏', 'arrived damaged'));
	});
	await check(`${t.lang}: a file far too large`, async () => expect(await t.post(portrait, Buffer.alloc(70 << 20), 'multipart/form-data; boundary=b'), 413, '64 MB'));
	await check(`${t.lang}: a stale page, and one that is no number`, async () => {
		const page = await t.get(you);
		expect(await t.send(page, you, { revision: '999' }), 409, t.pick('已在别处改动', 'changed elsewhere'));
		expect(await t.send(page, you, { revision: 'abc' }), 422, t.pick('请用数字填写整数', 'whole number'));
	});
	await check(`${t.lang}: submitted half filled in`, async () => {
		const page = await t.send(await t.get(`/cases/${id}/check`), `/cases/${id}/submit`);
		expect(page, 422, t.pick('住房性质：请选择一项', 'Kind of home: Please choose one'));
		assert.equal((await t.json(`/cases/${id}`)).number ?? null, null, 'it was filed all the same');
	});
	for (const [path, status, zh, en] of [
		[`/cases/${'0'.repeat(32)}`, 404, '没有这个办件', 'no such case'], ['/cases/zzz', 422, '该链接不完整', 'reference is not complete'],
		[`/cases/${id}/pages/nope`, 404, '没有这一页', 'no such page'], [`/cases/${id}/files/..%2f..%2fkeys%2fmaster`, 422, '该链接不完整', 'reference is not complete'],
		['/desk', 403, '', ''], ['/admin/staff', 403, '', ''],
	])
		await check(`${t.lang}: ${path.replace(id, '…')}`, async () => expect(await t.get(path), status, t.pick(zh, en)));
	await t.send(await t.get(`/cases/${id}/check`), `/cases/${id}/drop`);
}

async function desk(t) {
	await t.signIn('market-desk', PASSWORD);
	for (const [path, zh, en] of [['/desk?clock=never', '请从选项中选择', 'Choose one of the options'], ['/desk?after_day=x', '请用数字填写整数', 'whole number'], ['/desk/cases/zzz', '该链接不完整', 'reference is not complete']])
		await check(`${t.lang}: ${path}`, async () => expect(await t.get(path), 422, t.pick(zh, en)));
}

for (const lang of ['en', 'zh']) {
	await requests(new Reader(lang));
	await draft(new Reader(lang));
	await desk(new Reader(lang));
}
console.log(`1..${count}`);
process.exit(failed ? 1 : 0);
