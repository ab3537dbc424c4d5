// Compares this engine with KIE on generated expressions and tables, and explains every difference by differences.json.
//	node compare.mjs ANSWERS_PROGRAM [--seed N] [--expressions N] [--tables N] [--show]
// A difference of an expression is traced to its smallest closed parts that differ while their own parts agree; each of these must
// fit an entry. Speaks TAP; --show prints what is not explained in full.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { canonical, parseExact } from './exact.mjs';
import { Grammar } from './expressions.mjs';
import { startKie } from './kie.mjs';
import { expressionModel, Tables } from './tables.mjs';

const { values: options, positionals: [program] } = parseArgs({ allowPositionals: true, options: { seed: { type: 'string', default: '20260302' },
	expressions: { type: 'string', default: '24000' }, tables: { type: 'string', default: '1000' }, show: { type: 'boolean' } } });
const batch = 400, tablesPerModel = 25, inputsPerModel = 8, shownAtMost = options.show ? 100000 : 40;
const work = mkdtempSync(join(tmpdir(), 'tongban-peers.'));
const entries = JSON.parse(readFileSync(new URL('differences.json', import.meta.url), 'utf8')).map(e => ({
	...e, of: new RegExp(e.of ?? '', 's'), theirs: new RegExp(e.theirs ?? '', 's'), error: e.error === undefined ? null : new RegExp(e.error, 's'), ours: new RegExp(e.ours ?? '', 's') }));

function ourAnswers(model, inputs) {
	writeFileSync(join(work, 'm.dmn'), model);
	writeFileSync(join(work, 'inputs.json'), JSON.stringify(inputs));
	const lines = execFileSync(program, [join(work, 'm.dmn'), join(work, 'inputs.json')], { maxBuffer: 1 << 28 }).toString().trim().split('\n');
	return lines.map(line => new Map(Object.entries(parseExact(line))));
}

// Both answers to one question: canonical values, the words of KIE's error or null, and whether a part of it is null.
function answer(text, kie, own, nullPart) {
	const theirs = canonical(kie.value), ours = canonical(own.value);
	return { text, theirs, ours, theirError: kie.error, same: theirs === ours, nullPart };
}

function entryFor(a) {
	return entries.find(e => e.of.test(a.text) && e.theirs.test(a.theirs) && e.ours.test(a.ours) && (!e.error || (a.theirError !== null && e.error.test(a.theirError)))
		&& (e.nullPart === undefined || e.nullPart === a.nullPart));
}

class Tally {
	constructor(what) { Object.assign(this, { what, compared: 0, equal: 0, kinds: new Map(), open: [], samples: new Map() }); }
	explain(parts) { // the smallest differing parts of one difference
		const found = parts.map(entryFor), missing = parts.filter((p, i) => !found[i]);
		if (!parts.length || missing.length) this.open.push(...(missing.length ? missing : [{ text: '(no part of it differs)', theirs: '', ours: '' }]));
		else for (const id of new Set(found.map(e => e.id))) this.kinds.set(id, (this.kinds.get(id) ?? 0) + 1);
		parts.forEach((p, i) => found[i] && this.samples.set(found[i].id, [...this.samples.get(found[i].id) ?? [], p]));
		return parts.length > 0 && !missing.length;
	}
}

async function evaluateAll(kie, texts) {
	const answers = new Map();
	for (let from = 0; from < texts.length; from += batch) {
		const list = texts.slice(from, from + batch), model = expressionModel(list);
		const theirs = await kie.decide(model, {}), [ours] = ourAnswers(model, [{}]);
		list.forEach((text, i) => answers.set(text, answer(text, theirs.get(`d${i}`), ours.get(`d${i}`), false)));
	}
	return answers;
}

function allNodes(node, into) {
	into.add(node);
	for (const kid of node.kids) allNodes(kid, into);
	return into;
}

async function compareExpressions(kie, count) {
	const grammar = new Grammar(+options.seed), roots = new Map(), tally = new Tally('expressions');
	while (roots.size < count) {
		const node = grammar.expression();
		roots.set(node.text, node);
	}
	const answers = await evaluateAll(kie, [...roots.keys()]);
	const differing = [...roots.values()].filter(node => !answers.get(node.text).same);
	const nodes = new Set();
	for (const node of differing) allNodes(node, nodes);
	const parts = await evaluateAll(kie, [...new Set([...nodes].map(n => n.text))]);
	tally.compared = roots.size;
	tally.equal = roots.size - differing.length;
	for (const root of differing) {
		const causes = new Map();
		for (const node of allNodes(root, new Set())) {
			const a = parts.get(node.text);
			if (a.same || node.kids.some(k => !parts.get(k.text).same)) continue;
			causes.set(node.text, { ...a, nullPart: [...allNodes(node, new Set())].some(n => n !== node && n.text !== 'null' && parts.get(n.text).ours === 'null') });
		}
		tally.explain([...causes.values()]);
	}
	return tally;
}

async function compareTables(kie, count) {
	const tables = new Tables(+options.seed), tally = new Tally('tables');
	let made = 0;
	for (; made < count; made += tablesPerModel) {
		const list = Array.from({ length: tablesPerModel }, (_, i) => tables.table(i)), model = tables.model(list);
		const inputs = Array.from({ length: inputsPerModel }, () => tables.inputs()), ours = ourAnswers(model, inputs);
		for (const [k, input] of inputs.entries()) {
			const theirs = await kie.decide(model, input);
			for (const [i, table] of list.entries()) {
				const text = `${table.words} given ${JSON.stringify(input)}`, a = answer(text, theirs.get(`d${i}`), ours[k].get(`d${i}`), false);
				tally.compared++;
				if (a.same) tally.equal++;
				else tally.explain([a]);
			}
		}
	}
	tally.what = `evaluations of ${made} tables`;
	return tally;
}

function report(number, tally) {
	const explained = tally.compared - tally.equal - new Set(tally.open.map(a => a.text)).size;
	console.log(`${tally.open.length ? 'not ok' : 'ok'} ${number} - ${tally.what}: ${tally.compared} compared, ${tally.equal} equal, ${explained} explained by ${tally.kinds.size} kinds`);
	const show = a => `${a.text}\n    KIE ${a.theirs}${a.theirError === null ? '' : ` (${a.theirError.slice(0, 150)})`}   ours ${a.ours}${a.nullPart ? ' (of a null part)' : ''}`;
	for (const [id, n] of [...tally.kinds].sort((a, b) => b[1] - a[1])) {
		console.log(`#   ${String(n).padStart(5)} ${id}`);
		if (options.show) for (const a of tally.samples.get(id).slice(0, 25)) console.log(`#         ${show(a).replace('\n', ' ')}`);
	}
	for (const a of tally.open.slice(0, shownAtMost)) console.log(`not explained: ${show(a)}`);
}

const kie = await startKie();
try {
	console.log('1..2');
	report(1, await compareExpressions(kie, +options.expressions));
	report(2, await compareTables(kie, +options.tables));
} finally {
	kie.stop();
	rmSync(work, { recursive: true });
}
