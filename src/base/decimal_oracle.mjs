// An independent judge of base/decimal: reads "operation a b result" lines and recomputes each with whole numbers of any
// size (BigInt), rounding half-even to 34 digits. Exits 1 and shows the first differences when any result is wrong.
import { createInterface } from "node:readline";

const DIGITS = 34;
const pow10 = (n) => 10n ** BigInt(n);
const abs = (n) => (n < 0n ? -n : n);
const length = (n) => abs(n).toString().length;

// A number is {c, e}: c * 10^e.
function parse(text) {
	const m = /^(-?)(\d*)\.?(\d*)(?:E([+-]\d+))?$/.exec(text);
	return { c: BigInt(m[1] + m[2] + m[3]), e: Number(m[4] ?? 0) - m[3].length };
}

// n / d to an integer by one of the seven ways, in the order of enum decimal_rounding; d > 0.
function divide(n, d, mode) {
	const negative = n < 0n;
	const q = abs(n) / d, r = abs(n) % d, twice = 2n * r;
	const away = [
		twice > d || (twice === d && q % 2n === 1n),
		r !== 0n,
		false,
		twice >= d,
		twice > d,
		r !== 0n && negative,
		r !== 0n && !negative,
	][mode];
	const rounded = q + (away ? 1n : 0n);
	return negative ? -rounded : rounded;
}

function fit(n) {
	const surplus = length(n.c) - DIGITS;
	if (surplus <= 0)
		return n;
	return fit({ c: divide(n.c, pow10(surplus), 0), e: n.e + surplus });
}

function align(a, b) {
	const e = Math.min(a.e, b.e);
	return [a.c * pow10(a.e - e), b.c * pow10(b.e - e), e];
}

function quotient(a, b) {
	const shift = Math.max(0, 2 * DIGITS + 4 + length(b.c) - length(a.c));
	const sign = (a.c < 0n) !== (b.c < 0n) ? -1n : 1n;
	const n = abs(a.c) * pow10(shift);
	let q = n / abs(b.c);
	// A sticky digit keeps half-way cases apart from those just beside them.
	q = q * 10n + (n % abs(b.c) === 0n ? 0n : 1n);
	return fit({ c: sign * q, e: a.e - b.e - shift - 1 });
}

const operations = [
	(a, b) => { const [x, y, e] = align(a, b); return fit({ c: x + y, e }); },
	(a, b) => { const [x, y, e] = align(a, b); return fit({ c: x - y, e }); },
	(a, b) => fit({ c: a.c * b.c, e: a.e + b.e }),
	quotient,
	(a, b) => {
		const [x, y, e] = align(a, b);
		let r = x % y;
		const exact = fit({ c: r, e });
		if (r !== 0n && r < 0n !== y < 0n) {
			const [s, t, f] = align(exact, b);
			return fit({ c: s + t, e: f });
		}
		return exact;
	},
	(a, b) => {
		const scale = Number(b.c * pow10(Math.max(0, b.e)) % 7n) - 2, mode = Number((b.c * pow10(Math.max(0, b.e)) / 7n) % 7n);
		return -a.e <= scale ? a : fit({ c: divide(a.c, pow10(-a.e - scale), mode), e: -scale });
	},
	(a, b) => { const [x, y] = align(a, b); return { c: x < y ? -1n : x > y ? 1n : 0n, e: 0 }; },
];

let wrong = 0, count = 0;
for await (const line of createInterface({ input: process.stdin })) {
	const [op, a, b, result] = line.split(" ");
	const expected = operations[Number(op)](parse(a), parse(b));
	const [x, y] = align(expected, parse(result));
	count++;
	if (x !== y && ++wrong <= 10)
		console.error(`operation ${op} on ${a} and ${b}: ${result}, but expected ${expected.c}E${expected.e}`);
}
if (wrong)
	console.error(`${wrong} of ${count} results are wrong`);
process.exit(wrong ? 1 : 0);
