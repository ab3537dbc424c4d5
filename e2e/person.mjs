// A person at a browser without scripts: cookies, pages, forms filled in and sent as they are. No library: fetch and FormData.
import assert from 'node:assert/strict';

const unescape = (text) => text.replace(/&quot;/g, '"').replace(/&#39;/g, "'").replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&amp;/g, '&');

function attributes(tag) {
	const found = {};
	for (const m of tag.matchAll(/([a-zA-Z-]+)(?:="([^"]*)")?/g)) found[m[1].toLowerCase()] = m[2] === undefined ? '' : unescape(m[2]);
	return found;
}

// All forms of a page: {action, method, multipart, fields: [{name, type, value, checked, options}]}
export function forms(html) {
	return [...html.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/g)].map(([, head, body]) => {
		const form = attributes(head);
		const fields = [];
		for (const m of body.matchAll(/<input\b([^>]*)>|<textarea\b([^>]*)>([\s\S]*?)<\/textarea>|<select\b([^>]*)>([\s\S]*?)<\/select>/g)) {
			if (m[1] !== undefined) {
				const a = attributes(m[1]);
				fields.push({ name: a.name, type: a.type || 'text', value: a.value ?? '', checked: 'checked' in a });
			} else if (m[2] !== undefined) {
				fields.push({ name: attributes(m[2]).name, type: 'textarea', value: unescape(m[3]) });
			} else {
				const options = [...m[5].matchAll(/<option\b([^>]*)>/g)].map((o) => attributes(o[1]));
				fields.push({ name: attributes(m[4]).name, type: 'select', value: options.find((o) => 'selected' in o)?.value ?? '' });
			}
		}
		return { action: form.action, method: (form.method || 'get').toLowerCase(), multipart: form.enctype === 'multipart/form-data', fields };
	});
}

// Node 18 of Debian 12 joins them with commas.
const cookieLines = (headers) => headers.getSetCookie?.() ?? (headers.get('set-cookie') ?? '').split(/,(?=\s*[\w-]+=)/).map((s) => s.trim()).filter(Boolean);

export class Person {
	constructor(base, name) {
		this.base = base;
		this.name = name;
		this.cookies = new Map();
	}

	async request(path, options = {}) {
		const headers = { 'Accept-Language': 'en', 'Sec-Fetch-Site': 'same-origin', ...options.headers };
		if (this.cookies.size) headers.Cookie = [...this.cookies].map(([k, v]) => `${k}=${v}`).join('; ');
		if (options.method === 'POST') headers.Origin = this.base;
		const answer = await fetch(this.base + path, { redirect: 'manual', ...options, headers });
		for (const line of cookieLines(answer.headers)) {
			const [pair] = line.split(';');
			const at = pair.indexOf('=');
			if (pair.slice(at + 1)) this.cookies.set(pair.slice(0, at), pair.slice(at + 1));
			else this.cookies.delete(pair.slice(0, at));
		}
		return answer;
	}

	// Follows redirects; gives {status, path, html}.
	async get(path) {
		for (let i = 0; i < 10; i++) {
			const answer = await this.request(path);
			if (answer.status < 300 || answer.status >= 400) return { status: answer.status, path, html: await answer.text() };
			path = answer.headers.get('location');
		}
		throw new Error(`redirects without end at ${path}`);
	}

	// The page as an agency's system reads it.
	async json(path) {
		const answer = await this.request(path, { headers: { Accept: 'application/json' } });
		assert.equal(answer.status, 200, `${path}: ${answer.status}`);
		return answer.json();
	}

	// Sends the first form of the page whose action begins so (or matches), with values over what it shows. A value that is a
	// Blob is a file; an array ticks several boxes; null leaves the field out.
	async send(page, action, values = {}) {
		const form = forms(page.html).find((f) => f.method === 'post' && (action instanceof RegExp ? action.test(f.action ?? '') : (f.action ?? '').startsWith(action)));
		assert.ok(form, `${page.path} has no form for ${action}`);
		const body = form.multipart ? new FormData() : new URLSearchParams();
		const sent = new Set();
		for (const field of form.fields) {
			if (!field.name || field.name in values || field.type === 'file') continue;
			if ((field.type === 'radio' || field.type === 'checkbox') && !field.checked) continue;
			body.append(field.name, field.value);
		}
		for (const field of form.fields) {
			if (!(field.name in values) || sent.has(field.name)) continue;
			sent.add(field.name);
			const value = values[field.name];
			if (value === null) continue;
			for (const one of Array.isArray(value) ? value : [value])
				if (one instanceof Blob) body.append(field.name, one, one.fileName ?? 'file.pdf');
				else body.append(field.name, String(one));
		}
		const answer = await this.request(form.action, { method: 'POST', body });
		if (answer.status >= 300 && answer.status < 400) return this.get(answer.headers.get('location'));
		return { status: answer.status, path: form.action, html: await answer.text() };
	}

	async signIn(login, password) {
		const page = await this.send(await this.get('/sign-in'), '/sign-in', { login, password });
		assert.equal(page.status, 200, `${login} cannot sign in`);
		assert.ok(!page.html.includes('do not belong together'), `${login} cannot sign in`);
		return page;
	}
}

export const words = (html) => unescape(html.replace(/<(script|style|svg)[\s\S]*?<\/\1>/g, '').replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' '));
