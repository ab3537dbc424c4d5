// Decision tables from a seeded grammar: every hit policy and aggregator, typed columns, allowed values, defaults, and inputs that
// are missing, null or outside the allowed values.
import { Random } from './random.mjs';

const ns = 'https://www.omg.org/spec/DMN/20211108/MODEL/';
const escape = text => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');

export function expressionModel(texts) {
	return `<definitions xmlns="${ns}" name="m" namespace="m" id="m">${texts.map((text, i) =>
		`<decision id="d${i}" name="d${i}"><variable name="d${i}"/><literalExpression id="d${i}e"><text>${escape(text)}</text></literalExpression></decision>`).join('')}</definitions>`;
}

const columns = [{ name: 'Amount', type: 'number' }, { name: 'City code', type: 'string' }, { name: 'Member', type: 'boolean' }, { name: 'Applied', type: 'date' }];
const policies = ['UNIQUE', 'UNIQUE', 'FIRST', 'ANY', 'PRIORITY', 'RULE ORDER', 'OUTPUT ORDER', 'COLLECT', 'COLLECT', 'COLLECT'];

export class Tables {
	constructor(seed) { this.random = new Random(seed ^ 0x5bd1e995); }
	below(n) { return this.random.below(n); }
	pick(list) { return list[this.below(list.length)]; }

	cell(type) {
		const n = () => this.below(10), a = n(), day = () => `@"2026-0${1 + this.below(9)}-15"`;
		if (type === 'number')
			return this.pick(['-', `${a}`, `> ${a}`, `<= ${a}`, `[${a}..${a + n()}]`, `(${a}..${a + 1 + n()})`, `${a}, ${n()}`, `not(${a}, ${n()})`, `? > ${a}`, `not(> ${a})`, `< ${a}, > ${a + 2}`,
				`]${a}..${a + 3}[`, `${a}.0`, 'null', `odd(?)`]);
		if (type === 'string')
			return this.pick(['-', '"a"', '"b"', '"a", "b"', 'not("a")', '"c"', 'starts with(?, "a")', '"a" , "c"', 'string length(?) > 1']);
		if (type === 'boolean') return this.pick(['-', '-', 'true', 'false', 'not(true)']);
		return this.pick(['-', '-', `> ${day()}`, `<= ${day()}`, `[@"2026-01-01"..${day()}]`, day(), `?.month > ${a}`]);
	}

	table(index) {
		const policy = this.pick(policies), aggregator = policy === 'COLLECT' ? this.pick(['', 'SUM', 'MIN', 'MAX', 'COUNT']) : '';
		const inputs = columns.filter(() => this.below(3) > 0), used = inputs.length ? inputs : columns.slice(0, 1);
		const ordered = policy === 'PRIORITY' || policy === 'OUTPUT ORDER', two = aggregator === '' && this.below(3) === 0, allowed = this.below(5) === 0;
		const outputs = aggregator ? [{ name: 'p', make: () => `${this.below(5)}.5`, order: null, standard: '9' }]
			: [{ name: 'p', make: () => this.pick(['"x"', '"y"', '"z"']), order: '"z","x","y"', standard: '"x"' }, { name: 'q', make: () => String(this.below(3)), order: '2,0,1', standard: '1' }].slice(0, two ? 2 : 1);
		const standard = this.below(3) === 0;
		const rules = Array.from({ length: 1 + this.below(6) }, () => ({ cells: used.map(c => this.cell(c.type)), results: outputs.map(o => o.make()) }));
		const entry = (tag, text) => `<${tag}><text>${escape(text)}</text></${tag}>`;
		const xml = `<decision id="d${index}" name="d${index}"><variable name="d${index}"/>`
			+ used.map(c => `<informationRequirement id="r${index}${c.type}"><requiredInput href="#${c.type}"/></informationRequirement>`).join('')
			+ `<decisionTable id="t${index}" hitPolicy="${policy}"${aggregator && ` aggregation="${aggregator}"`}>`
			+ used.map((c, i) => `<input id="i${index}_${i}"><inputExpression typeRef="${c.type}"><text>${c.name}</text></inputExpression>${
				allowed && c.type === 'string' ? `<inputValues>${'<text>"a","b","c"</text>'}</inputValues>` : ''}</input>`).join('')
			+ outputs.map((o, i) => `<output id="o${index}_${i}"${outputs.length > 1 ? ` name="${o.name}"` : ''}>${ordered ? `<outputValues><text>${o.order}</text></outputValues>` : ''}${
				standard ? entry('defaultOutputEntry', o.standard) : ''}</output>`).join('')
			+ rules.map((r, i) => `<rule id="u${index}_${i}">${r.cells.map(c => entry('inputEntry', c)).join('')}${r.results.map(c => entry('outputEntry', c)).join('')}</rule>`).join('')
			+ '</decisionTable></decision>';
		const words = `${policy}${aggregator && ` ${aggregator}`}${standard ? ' default' : ''}${allowed ? ' allowed' : ''} | ${
			rules.map(r => `${used.map((c, i) => `${c.name}: ${r.cells[i]}`).join('; ')} => ${r.results.join('; ')}`).join(' | ')}`;
		return { xml, words };
	}

	model(tables) {
		return `<definitions xmlns="${ns}" name="m" namespace="m" id="m">${columns.map(c =>
			`<inputData id="${c.type}" name="${c.name}"><variable name="${c.name}" typeRef="${c.type}"/></inputData>`).join('')}${tables.map(t => t.xml).join('')}</definitions>`;
	}

	// Every sixth set lacks one, every sixth has one that is null.
	inputs() {
		const all = { Amount: this.pick([this.below(12), this.below(12), this.below(24) / 2]), 'City code': this.pick(['a', 'b', 'c', 'ab', 'd']), Member: this.pick([true, false]),
			Applied: `2026-0${1 + this.below(9)}-${this.pick(['01', '15', '28'])}` };
		const name = this.pick(columns).name, how = this.below(6);
		if (how === 0) delete all[name];
		if (how === 1) all[name] = null;
		return all;
	}
}
