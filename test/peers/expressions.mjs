// FEEL expressions from a seeded grammar: every type, operator, family of built-in functions, filter, loop, range and unary test,
// mostly with operands that fit and sometimes with others. An expression is { text, kids }: kids are the closed expressions inside
// it, each of which means the same when it is evaluated alone, so that a difference can be traced to the smallest that shows it.
import { Random } from './random.mjs';

const numbers = ['0', '1', '2', '3', '4', '-1', '-2', '2.5', '-7.25', '10', '100', '0.1', '0.2', '12.345', '1.005', '99999999999999999',
	'123456789.987654321', '0.000001', '1000', '7', '1.50', '-0.5'];
const strings = ['""', '"a"', '"abc"', '"foo bar"', '"B"', '"éa"', '"10"', '"12.5"', '"市民"', '"a,b,c"', '"2021-03-04"', '"\\u0041"'];
const dates = ['@"2021-02-28"', '@"2020-02-29"', '@"2021-12-31"', 'date("2019-01-15")', 'date(2022, 8, 31)', '@"2021-01-01"'];
const localDateTimes = ['@"2021-02-28T10:11:12"', '@"2020-02-29T23:59:59"', 'date and time("2021-06-01T00:00:00")', '@"2021-06-01T12:30:00.5"'];
const zonedDateTimes = ['@"2021-02-28T10:11:12+08:00"', '@"2021-02-28T02:11:12Z"', '@"2021-06-30T23:00:00-05:00"',
	'@"2021-06-30T23:00:00@Europe/Paris"', '@"2021-12-31T00:00:00@Asia/Shanghai"'];
const localTimes = ['@"10:11:12"', '@"00:00:00"', 'time("23:59:59")', 'time(8, 30, 0)', '@"12:00:00.25"'];
const zonedTimes = ['@"10:11:12+08:00"', '@"02:11:12Z"', '@"23:00:00-05:00"'];
const days = ['@"P1D"', '@"PT36H"', '@"-PT1H30M"', '@"P2DT3H4M5S"', '@"PT0S"', 'duration("PT90S")', '@"-P10D"', '@"PT0.5S"'];
const months = ['@"P1Y"', '@"P14M"', '@"-P5M"', '@"P0M"', 'duration("P2Y3M")'];
const types = ['number', 'string', 'boolean', 'date', 'time', 'date and time', 'days and time duration', 'years and months duration',
	'list<number>', 'list<string>', 'list<Any>', 'context<a: number>', 'function<number>->number', 'range<number>', 'Any'];
const patterns = ['"^a.*"', '"[a-c]+"', '"o{2}"', '"(a)(b)"', '"\\\\d+"', '"^$"', '"[^a]"', '"a|b"', '".b"', '"[a-z-[b]]"'];

export class Grammar {
	constructor(seed) { this.random = new Random(seed); }

	pick(list) { return list[this.random.below(list.length)]; }
	below(n) { return this.random.below(n); }
	chance(percent) { return this.random.below(100) < percent; }
	leaf(list) { return { text: this.pick(list), kids: [] }; }
	// Tagged template: closed expressions become kids, plain strings and numbers text.
	x(parts, ...values) {
		const kids = values.filter(v => typeof v === 'object');
		return { text: parts.reduce((all, part, i) => all + (typeof values[i - 1] === 'object' ? values[i - 1].text : values[i - 1]) + part), kids };
	}
	of(choices) { return this.pick(choices)(); }

	any(d) {
		return this.of([() => this.number(d), () => this.string(d), () => this.boolean(d), () => this.point(d), () => this.time(d), () => this.days(d),
			() => this.months(d), () => this.list(d), () => this.context(d), () => this.leaf(['null'])]);
	}

	// One in twelve operands is of any type.
	maybe(make, d) { return this.chance(8) ? this.any(Math.max(0, d)) : make.call(this, d); }

	number(d) {
		if (d <= 0) return this.leaf(numbers);
		const x = this.x.bind(this), n = () => this.maybe(this.number, d - 1), l = () => this.maybe(this.numbers, d - 1), s = () => this.maybe(this.string, d - 1);
		return this.of([
			() => x`(${n()} ${this.pick(['+', '-', '*', '/', '+', '-', '*'])} ${n()})`, () => x`(${n()} ** ${this.pick(['0', '1', '2', '3', '-1'])})`,
			() => x`-(${n()})`, () => x`abs(${n()})`, () => x`floor(${n()})`, () => x`ceiling(${n()})`,
			() => x`${this.pick(['floor', 'ceiling'])}(${n()}, ${this.below(3)})`, () => x`decimal(${n()}, ${this.below(4)})`,
			() => x`${this.pick(['round up', 'round down', 'round half up', 'round half down'])}(${n()}, ${this.pick([0, 1, 2, -1])})`,
			() => x`modulo(${n()}, ${this.leaf(numbers)})`, () => x`sqrt(${this.leaf(['4', '2.25', '0', '100', '-1'])})`, () => x`exp(0)`, () => x`log(1)`,
			() => x`${this.pick(['count', 'sum', 'min', 'max', 'mean', 'median', 'product'])}(${l()})`,
			() => x`${this.pick(['sum', 'min', 'max', 'mean'])}(${n()}, ${n()}, ${n()})`, () => x`string length(${s()})`,
			() => x`if ${this.maybe(this.boolean, d - 1)} then ${n()} else ${n()}`, () => x`${this.numbers(d - 1)}[${this.pick([1, 2, 3, -1, 4])}]`,
			() => x`${this.point(d - 1)}.${this.pick(['year', 'month', 'day', 'weekday'])}`, () => x`${this.time(d - 1)}.${this.pick(['hour', 'minute', 'second'])}`,
			() => x`${this.days(d - 1)}.${this.pick(['days', 'hours', 'minutes', 'seconds'])}`, () => x`${this.months(d - 1)}.${this.pick(['years', 'months'])}`,
			() => x`{a: ${n()}, b: a + 1}.b`, () => x`{Monthly salary: ${n()}, total: Monthly salary * 12}.total`,
			() => x`(${this.days(d - 1)} / ${this.days(0)})`, () => x`(${this.months(d - 1)} / ${this.months(0)})`,
			() => x`number(${s()}, ",", ".")`, () => x`${this.pick(['day of year', 'week of year'])}(${this.point(d - 1)})`,
			() => x`{f: function(p) p * 2 + 1, r: f(${n()})}.r`, () => x`(function(p: number) p - 1)(${n()})`, () => x`(for i in 1..3 return ${n()} + i)[2]`,
			() => x`get value({k: ${n()}}, "k")`, () => x`{a: {b: ${n()}}}.a.b`, () => x`[{v: ${n()}}, {v: 2}].v[1]`,
			() => x`modulo(dividend: ${n()}, divisor: 3)`, () => x`decimal(n: ${n()}, scale: 1)`]);
	}

	string(d) {
		if (d <= 0) return this.leaf(strings);
		const x = this.x.bind(this), s = () => this.maybe(this.string, d - 1), n = () => this.number(0);
		return this.of([
			() => x`(${s()} + ${s()})`, () => x`upper case(${s()})`, () => x`lower case(${s()})`, () => x`substring(${s()}, ${this.pick(['1', '2', '-1', '-2'])})`,
			() => x`substring(${s()}, ${this.pick(['1', '2', '-2'])}, ${1 + this.below(3)})`, () => x`substring before(${s()}, ${this.leaf(strings)})`,
			() => x`substring after(${s()}, ${this.leaf(strings)})`, () => x`replace(${s()}, ${this.leaf(patterns)}, "x")`,
			() => x`replace(${s()}, "(a)(.?)", "$2$1")`, () => x`string(${this.any(d - 1)})`, () => x`string join([${s()}, ${s()}], ${this.leaf(['"-"', '","'])})`,
			() => x`string join([${s()}, "z"])`, () => x`day of week(${this.point(d - 1)})`, () => x`month of year(${this.point(d - 1)})`,
			() => x`if ${this.boolean(d - 1)} then ${s()} else ${s()}`, () => x`split(${s()}, ",")[1]`, () => x`{name: ${s()}}.name`,
			() => x`string(${n()} + ${n()})`, () => x`substring(string: ${s()}, start position: 2)`]);
	}

	comparison(make, d) {
		return this.x`(${this.maybe(make, d)} ${this.pick(['<', '<=', '>', '>=', '=', '!='])} ${this.maybe(make, d)})`;
	}

	boolean(d) {
		if (d <= 0) return this.leaf(['true', 'false', 'null', 'true', 'false']);
		const x = this.x.bind(this), b = () => this.maybe(this.boolean, d - 1), n = () => this.maybe(this.number, d - 1), l = () => this.numbers(d - 1);
		const s = () => this.string(d - 1), e = () => this.leaf(numbers);
		return this.of([
			() => this.comparison(this.pick([this.number, this.string, this.boolean, this.point, this.time, this.days, this.months]), d - 1),
			() => this.comparison(this.pick([this.number, this.string, this.list, this.context]), d - 1), () => x`(${b()} ${this.pick(['and', 'or'])} ${b()})`,
			() => x`not(${b()})`, () => x`(${n()} in ${this.pick('[(')}${e()}..${e()}${this.pick('])')})`, () => x`(${n()} between ${e()} and ${e()})`,
			() => x`(${n()} in (${this.tests()}))`, () => x`(${n()} in ${this.numbers(0)})`, () => x`(${this.point(d - 1)} in [${this.leaf(dates)}..${this.leaf(dates)}])`,
			() => x`list contains(${l()}, ${n()})`, () => x`${this.pick(['contains', 'starts with', 'ends with'])}(${s()}, ${this.leaf(strings)})`,
			() => x`(${this.pick(['some', 'every'])} v in ${l()} satisfies v ${this.pick(['>', '<', '='])} ${e()})`,
			() => x`(${this.pick(['some', 'every'])} v in ${l()}, w in ${l()} satisfies v < w)`, () => x`(${this.any(d - 1)} instance of ${this.pick(types)})`,
			() => x`${this.pick(['all', 'any'])}([${b()}, ${b()}])`, () => x`${this.pick(['odd', 'even'])}(${n()})`, () => x`matches(${s()}, ${this.leaf(patterns)})`,
			() => x`matches(${s()}, ${this.leaf(patterns)}, "i")`, () => x`is(${this.any(d - 1)}, ${this.any(d - 1)})`, () => this.interval(),
			() => x`(${this.any(d - 1)} ${this.pick(['=', '!='])} null)`]);
	}

	range() {
		const e = () => this.leaf(['1', '2', '3', '5', '7', '10']);
		return this.x`${this.pick('[(')}${e()}..${e()}${this.pick('])')}`;
	}

	interval() {
		const x = this.x.bind(this), r = () => this.range(), p = () => this.leaf(['1', '3', '5', '6', '10']);
		return this.of([
			() => x`${this.pick(['before', 'after', 'meets', 'met by', 'overlaps', 'overlaps before', 'overlaps after', 'finishes', 'finished by', 'includes',
				'during', 'starts', 'started by', 'coincides'])}(${r()}, ${r()})`,
			() => x`${this.pick(['before', 'after', 'during', 'finishes', 'starts', 'coincides'])}(${p()}, ${p()})`,
			() => x`${this.pick(['before', 'after', 'includes', 'finished by', 'started by'])}(${r()}, ${p()})`,
			() => x`${this.pick(['before', 'after', 'during', 'finishes', 'starts'])}(${p()}, ${r()})`]);
	}

	tests() {
		const e = () => this.pick(numbers), one = () => this.of([() => `< ${e()}`, () => `>= ${e()}`, () => `[${e()}..${e()}]`, () => `${e()}`, () => `> ${e()}`]);
		return Array.from({ length: 1 + this.below(3) }, one).join(', ');
	}

	point(d) {
		if (d <= 0) return this.leaf(this.pick([dates, dates, localDateTimes, zonedDateTimes]));
		const x = this.x.bind(this), p = () => this.point(d - 1);
		return this.of([
			() => x`(${p()} + ${this.maybe(this.days, d - 1)})`, () => x`(${p()} - ${this.maybe(this.days, d - 1)})`, () => x`(${p()} + ${this.months(d - 1)})`,
			() => x`(${p()} - ${this.months(d - 1)})`, () => x`date and time(${this.leaf(dates)}, ${this.time(d - 1)})`, () => x`date(${p()})`,
			() => x`(${this.days(0)} + ${p()})`, () => x`max(${this.leaf(dates)}, ${this.leaf(dates)})`, () => p()]);
	}

	time(d) {
		if (d <= 0) return this.leaf(this.pick([localTimes, localTimes, zonedTimes]));
		const x = this.x.bind(this);
		return this.of([() => x`(${this.time(d - 1)} ${this.pick(['+', '-'])} ${this.days(d - 1)})`, () => x`time(${this.point(d - 1)})`, () => this.leaf(localTimes)]);
	}

	days(d) {
		if (d <= 0) return this.leaf(days);
		const x = this.x.bind(this), a = () => this.maybe(this.days, d - 1);
		return this.of([() => x`(${a()} ${this.pick(['+', '-'])} ${a()})`, () => x`(${a()} * ${this.leaf(numbers)})`,
			() => x`(${a()} / ${this.leaf(['2', '-4', '0.5', '3', '0'])})`, () => x`(${this.point(0)} - ${this.point(0)})`, () => x`(${this.time(0)} - ${this.time(0)})`,
			() => x`abs(${a()})`, () => x`-(${a()})`, () => x`sum([${a()}, ${a()}])`, () => x`(${this.leaf(numbers)} * ${a()})`]);
	}

	months(d) {
		if (d <= 0) return this.leaf(months);
		const x = this.x.bind(this), a = () => this.maybe(this.months, d - 1);
		return this.of([() => x`(${a()} ${this.pick(['+', '-'])} ${a()})`, () => x`(${a()} * ${this.leaf(numbers)})`, () => x`(${a()} / ${this.leaf(['2', '-4', '0.5', '3'])})`,
			() => x`years and months duration(${this.point(0)}, ${this.point(0)})`, () => x`abs(${a()})`, () => x`-(${a()})`]);
	}

	numbers(d) {
		const x = this.x.bind(this), literal = () => this.join(Array.from({ length: this.below(4) }, () => this.maybe(this.number, d - 1)));
		if (d <= 0) return literal();
		const l = () => this.maybe(this.numbers, d - 1), e = () => this.leaf(numbers);
		return this.of([
			() => x`(for v in ${l()} return v ${this.pick(['*', '+'])} ${e()})`, () => x`${this.numbers(d - 1)}[item ${this.pick(['>', '<', '='])} ${e()}]`,
			() => x`append(${l()}, ${this.number(d - 1)})`, () => x`concatenate(${l()}, ${l()})`, () => x`reverse(${l()})`, () => x`distinct values(${l()})`,
			() => x`sublist(${l()}, ${this.pick([1, 2, -1])})`, () => x`sublist(${l()}, 1, ${1 + this.below(2)})`, () => x`remove(${l()}, 1)`,
			() => x`insert before(${l()}, 1, ${e()})`, () => x`list replace(${l()}, 1, ${e()})`, () => x`sort(${l()}, function(p, q) p ${this.pick('<>')} q)`,
			() => x`union(${l()}, ${l()})`, () => x`index of(${l()}, ${e()})`, () => x`flatten([${l()}, [${l()}]])`, () => x`(for i in ${this.pick([1, 3])}..${1 + this.below(4)} return i + ${e()})`,
			() => x`(for v in ${l()}, w in ${l()} return v * w)`, () => x`mode(${l()})`, () => x`[{a: 1, b: ${e()}}, {a: 2, b: ${e()}}][a > 1].b`, () => x`(for i in 1..4 return if i = 1 then 1 else sum(partial))`,
			literal]);
	}

	join(nodes) { return { text: `[${nodes.map(n => n.text).join(', ')}]`, kids: nodes }; }

	list(d) {
		if (d <= 0) return this.join([this.leaf(numbers), this.leaf(strings)]);
		const x = this.x.bind(this);
		return this.of([() => this.numbers(d), () => this.numbers(d), () => this.join(Array.from({ length: this.below(3) }, () => this.any(d - 1))),
			() => x`split(${this.string(d - 1)}, ${this.leaf(['","', '" "', '"[ao]"'])})`, () => x`get entries(${this.context(d - 1)}).key`,
			() => x`(for c in ["a", "b"] return c + ${this.string(d - 1)})`, () => x`sort([${this.string(d - 1)}, ${this.string(d - 1)}], function(p, q) p < q)`,
			() => x`(for v in [${this.leaf(dates)}, ${this.leaf(dates)}] return v + ${this.days(0)})`, () => x`distinct values([${this.any(d - 1)}, ${this.any(d - 1)}])`]);
	}

	context(d) {
		if (d <= 0) return this.x`{a: ${this.leaf(numbers)}, b: ${this.leaf(strings)}}`;
		const x = this.x.bind(this);
		return this.of([() => x`{a: ${this.any(d - 1)}, b: ${this.any(d - 1)}}`, () => x`context put(${this.context(d - 1)}, "a", ${this.any(d - 1)})`,
			() => x`context merge([${this.context(d - 1)}, ${this.context(d - 1)}])`, () => x`context([{key: "k", value: ${this.any(d - 1)}}])`, () => x`{a: {b: ${this.any(d - 1)}}, c: a.b}`,
			() => x`{"two words": ${this.any(d - 1)}}`]);
	}

	expression() {
		const d = 1 + this.below(3);
		return this.of([() => this.number(d), () => this.number(d), () => this.string(d), () => this.boolean(d), () => this.boolean(d), () => this.point(d), () => this.time(d), () => this.days(d),
			() => this.months(d), () => this.list(d), () => this.context(d)]);
	}
}
