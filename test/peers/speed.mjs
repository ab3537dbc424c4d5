// Speed of other engines on the inputs of our benchmarks, per CPU-second (user and system) of the process that computes, medians of
// five runs after a warm-up, and the ratios of ours to theirs.
//	node speed.mjs feel BENCH_PROGRAM OURS      node speed.mjs dmn BENCH_PROGRAM OURS
// OURS: what our benchmark printed in this run. Each peer is used the fastest way its public interface allows:
//   KIE                    one request evaluates an expression or a table many times, in a `for` over inputs already in the model; the
//                          same request with one round, and the loop that only reads the inputs, are subtracted. So neither HTTP, nor
//                          reading the model, nor building arguments counts. Its CPU time is that of its process in /proc.
//   feelin                 evaluate() and unaryTest(); it has no compiled form. Tables: cell by cell until one does not hold.
//   zen-engine             a decision created once, 64 evaluations awaited together; expressions in its own language.
//   dmn-eval-js            a model parsed once.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { evaluate, date, unaryTest } from '@bpmn-io/feelin';
import { startKie } from './kie.mjs';

const require = createRequire(import.meta.url);
const runs = 5, ticksPerSecond = 100;
const [what, program, oursFile] = process.argv.slice(2);
const ours = new Map([...readFileSync(oursFile, 'utf8').matchAll(/^(.+?) +(\d+) \/core-s/gm)].map(m => [m[1], +m[2]]));
const kie = await startKie();
let missed = false;

const median = list => list.toSorted((a, b) => a - b)[list.length >> 1];
const mean = list => Math.exp(list.reduce((sum, r) => sum + Math.log(r), 0) / list.length);
const own = (...args) => execFileSync(program, args, { maxBuffer: 1 << 26 }).toString();
const escape = text => text.replace(/&/g, '&amp;').replace(/</g, '&lt;');

function kieSeconds() {
	const fields = readFileSync(`/proc/${kie.pid}/stat`, 'utf8').replace(/^.*\) /, '').split(' ');
	return (+fields[11] + +fields[12]) / ticksPerSecond;
}

// Evaluations a CPU-second of this process.
async function rate(count, work) {
	const rates = [];
	await work(Math.ceil(count / 5));
	for (let run = 0; run < runs; run++) {
		const from = process.cpuUsage();
		await work(count);
		const { user, system } = process.cpuUsage(from);
		rates.push(count * 1e6 / (user + system));
	}
	return median(rates);
}

// CPU seconds KIE spends on a model, after one round to get warm.
async function kieTime(model, context) {
	const times = [];
	for (let run = 0; run <= runs; run++) {
		const from = kieSeconds(), answer = await kie.decide(model, context);
		const result = answer.get('Result');
		if (result.value === null) throw new Error(`KIE gives null: ${result.error}`);
		if (run) times.push(kieSeconds() - from);
	}
	return median(times);
}

function line(name, peer, theirs, limit) {
	if (!theirs) return;
	const ratio = ours.get(name) / theirs, judged = limit ? `   limit ${limit} x  ${ratio >= limit ? 'met' : 'below'}` : '';
	if (limit && ratio < limit) missed = true;
	console.log(`${name.padEnd(28)} ${peer.padEnd(12)} ${theirs.toFixed(0).padStart(9)} /core-s   ours ${ratio < 100 ? ratio.toFixed(1) : ratio.toFixed(0)} x${judged}`);
}

/* ---- expressions ---- */

const zenTexts = { 'arithmetic with if': 'income > 50000 ? (income - 50000) * 0.2 + 5000 : income * 0.1',
	'three comparisons with and': 'age >= 18 and income < 100000 and city == "Shenyang"', 'date + duration compare': 'd(applied).add("6M").isAfter(d(since))',
	'filter + sum over list': 'sum(map(filter(household, #.age > 17), #.income))', 'matches + upper case': 'matches(code, "^[A-Z]{2}[0-9]{6}$") and upper(city) == "SHENYANG"',
	'every ... satisfies': 'all(household, #.age > 0)' };

function kieExpression(text, rounds, context) {
	const names = Object.keys(context), dates = ['applied', 'since'];
	return `<definitions xmlns="https://www.omg.org/spec/DMN/20211108/MODEL/" name="m" namespace="m" id="m">${names.map(n =>
		`<inputData id="${n}" name="${n}"><variable name="${n}"/></inputData>`).join('')}<decision id="Result" name="Result"><variable name="Result"/>${
		names.map(n => `<informationRequirement><requiredInput href="#${n}"/></informationRequirement>`).join('')}<literalExpression id="e"><text>${
		escape(`{list: for ${dates.map(n => `${n} in [date("${context[n]}")]`).join(', ')}, i in 1..${rounds} return ${text}, n: if list[1] = null then null else count(list)}.n`)}</text></literalExpression></decision></definitions>`;
}

async function expressions() {
	const { cases, context } = JSON.parse(own('--cases')), { evaluateExpressionSync } = require('@gorules/zen-engine-linux-x64-gnu');
	const dated = { ...context, applied: date(context.applied), since: date(context.since) }, all = { KIE: [], feelin: [], 'zen-engine': [] };
	const zenOurs = [], rounds = 200000;
	for (const { name, text } of cases) {
		const net = await kieTime(kieExpression(text, rounds, context), context) - await kieTime(kieExpression(text, 1, context), context);
		all.KIE.push(rounds / net);
		line(name, 'KIE', rounds / net);
		all.feelin.push(await rate(1500, n => { for (let i = 0; i < n; i++) evaluate(text, dated); }));
		line(name, 'feelin', all.feelin.at(-1));
		if (!zenTexts[name]) continue;
		all['zen-engine'].push(await rate(20000, n => { for (let i = 0; i < n; i++) evaluateExpressionSync(zenTexts[name], context); }));
		zenOurs.push(ours.get(name));
		line(name, 'zen-engine', all['zen-engine'].at(-1));
	}
	line('geometric mean', 'KIE', mean(all.KIE), 6);
	line('geometric mean', 'feelin', mean(all.feelin));
	ours.set(`mean of ${zenOurs.length}`, mean(zenOurs));
	line(`mean of ${zenOurs.length}`, 'zen-engine', mean(all['zen-engine']));
}

/* ---- tables ---- */

// The same table as a knowledge model of four parameters, called in a loop over the inputs; `call` false only reads these.
function kieTable(model, inputs, rounds, call) {
	const table = /<decisionTable.*<\/decisionTable>/s.exec(model)[0], names = ['age', 'city', 'income', 'member'], args = names.map(n => `r.${n}`).join(', ');
	const list = inputs.map(r => `{${names.map(n => `${n}: ${JSON.stringify(r[n])}`).join(', ')}}`).join(', '), each = call ? `B(${args})` : `[${args}]`;
	return `<definitions xmlns="https://www.omg.org/spec/DMN/20211108/MODEL/" name="m" namespace="m" id="m"><businessKnowledgeModel id="B" name="B"><variable name="B"/><encapsulatedLogic>${
		names.map(n => `<formalParameter name="${n}"/>`).join('')}${table}</encapsulatedLogic></businessKnowledgeModel><decision id="Result" name="Result"><variable name="Result"/><knowledgeRequirement>`
		+ `<requiredKnowledge href="#B"/></knowledgeRequirement><literalExpression id="e"><text>{list: [${
			escape(list)}], found: for k in 1..${rounds}, r in list return ${each}, n: if found[1] = null then null else count(found)}.n</text></literalExpression></decision></definitions>`;
}

function tableOf(model) {
	const texts = part => [...part.matchAll(/<text>(.*?)<\/text>/gs)].map(m => m[1].replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&amp;/g, '&'));
	return [...model.matchAll(/<rule .*?<\/rule>/gs)].map(m => texts(m[0]));
}

const columns = ['age', 'city', 'income', 'member'];

function feelinTable(rules, input) {
	for (const cells of rules)
		if (columns.every((c, i) => cells[i] === '-' || unaryTest(cells[i], { ...input, '?': input[c] }).value))
			return { grade: evaluate(cells[4], input).value, fee: evaluate(cells[5], input).value };
	return null;
}

function zenTable(rules) {
	const inputs = columns.map(c => ({ id: c, name: c, type: 'expression', field: c })), outputs = ['grade', 'fee'].map(o => ({ id: o, name: o, type: 'expression', field: o }));
	const content = { hitPolicy: 'first', inputs, outputs, rules: rules.map((cells, i) => ({ _id: `r${i}`,
		...Object.fromEntries([...columns, 'grade', 'fee'].map((c, k) => [c, cells[k] === '-' ? '' : cells[k]])) })) };
	return { contentType: 'application/vnd.gorules.decision', nodes: [{ id: 'in', type: 'inputNode', name: 'in' }, { id: 't', type: 'decisionTableNode', name: 't', content },
		{ id: 'out', type: 'outputNode', name: 'out' }], edges: [{ id: 'a', sourceId: 'in', targetId: 't', type: 'edge' }, { id: 'b', sourceId: 't', targetId: 'out', type: 'edge' }] };
}

async function table(rules, limit) {
	const name = `${rules} rules`, model = own('--model', rules), inputs = JSON.parse(own('--inputs', rules)), cells = tableOf(model), rounds = rules > 100 ? 40 : 200;
	const net = await kieTime(kieTable(model, inputs, rounds, true), {}) - await kieTime(kieTable(model, inputs, rounds, false), {});
	line(name, 'KIE', rounds * inputs.length / net, limit);
	const { ZenEngine } = require('@gorules/zen-engine-linux-x64-gnu'), decision = new ZenEngine().createDecision(Buffer.from(JSON.stringify(zenTable(cells))));
	const first = (await decision.evaluate(inputs[0])).result;
	if (first?.grade === undefined) throw new Error(`zen-engine answers ${JSON.stringify(first)}`);
	line(name, 'zen-engine', await rate(rules > 100 ? 640 : 6400, async n => { for (let i = 0; i < n; i += 64) await Promise.all(inputs.map(x => decision.evaluate(x))); }));
	const { decisionTable } = require('@hbtgmbh/dmn-eval-js');
	const decisions = await decisionTable.parseDmnXml(model.replace(/xmlns="[^"]*"/, 'xmlns="http://www.omg.org/spec/DMN/20151101/dmn.xsd" id="model"').replace(/(\[\d+\.\.\d+)\)/g, '$1['));
	if (decisionTable.evaluateDecision('d', decisions, inputs[0])?.grade === undefined) throw new Error('dmn-eval-js finds no rule');
	line(name, 'dmn-eval-js', await rate(rules > 100 ? 64 : 640, n => { for (let i = 0; i < n; i++) decisionTable.evaluateDecision('d', decisions, inputs[i % 64]); }));
	if (feelinTable(cells, inputs[0]) === null) throw new Error('feelin finds no rule');
	line(name, 'feelin', await rate(rules > 100 ? 20 : 320, n => { for (let i = 0; i < n; i++) feelinTable(cells, inputs[i % 64]); }));
}

try {
	if (what === 'feel') await expressions();
	else {
		await table(20, 60);
		await table(500, 280);
	}
} finally {
	kie.stop();
}
process.exitCode = missed ? 1 : 0;
