// JSON with exact numbers, and one canonical text for values that mean the same.

export class Num {
	// A decimal as sign, digits without zeros at either end, and exponent.
	constructor(text) {
		const [, minus, whole, fraction = '', exponent = '0'] = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text);
		const all = (whole + fraction).replace(/^0+/, ''), digits = all.replace(/0+$/, '');
		this.text = digits ? `${minus}${digits}e${+exponent - fraction.length + all.length - digits.length}` : '0';
	}
}

export function parseExact(text) {
	const marked = text.replace(/"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g, t => t[0] === '"' ? t : `{"#":"${t}"}`);
	return JSON.parse(marked, (key, value) => value && typeof value === 'object' && '#' in value ? new Num(value['#']) : value);
}

// Durations by length and date-times by the same spelling: PT36H is P1DT12H, 10:11 is 10:11:00, +00:00 is Z.
function temporal(text) {
	const d = /^(-?)P(?:(-?\d+)Y)?(?:(-?\d+)M)?(?:(-?\d+)D)?(?:T(?:(-?\d+)H)?(?:(-?\d+)M)?(?:(-?)(\d+)(?:\.(\d+))?S)?)?$/.exec(text);
	if (d && text !== 'P' && text !== '-P') {
		const n = i => BigInt(d[i] ?? 0), nanos = BigInt((d[9] ?? '').padEnd(9, '0').slice(0, 9)), minus = d[7] === '-' ? -1n : 1n;
		const sign = d[1] ? -1n : 1n, months = n(2) * 12n + n(3);
		const time = (((n(4) * 24n + n(5)) * 60n + n(6)) * 60n + minus * n(8)) * 1000000000n + minus * nanos;
		if (months === 0n && time === 0n) return 'duration 0';
		return time === 0n ? `months ${sign * months}` : `nanos ${sign * time}`;
	}
	const t = /^\+?(-?\d{4,9}-\d\d-\d\dT)?(\d\d:\d\d)(:\d\d)?(\.\d+)?(Z|[+-]\d\d:\d\d(?::\d\d)?)?(?:@(.+)|\[(.+)\])?$/.exec(text);
	if (!t) return text.replace(/^\+(\d{5,9}-\d\d-\d\d)$/, '$1');
	const zone = t[6] ?? t[7], offset = t[5] === '+00:00' ? 'Z' : t[5] ?? '';
	return `${t[1] ?? ''}${t[2]}${t[3] ?? ':00'}${(t[4] ?? '').replace(/\.?0+$/, '')}${zone ? `@${zone}` : offset}`;
}

export function canonical(value) {
	if (value === null || value === undefined) return 'null';
	if (value instanceof Num) return value.text;
	if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
	if (typeof value === 'object') return `{${Object.keys(value).sort().map(k => `${k}:${canonical(value[k])}`).join(',')}}`;
	return typeof value === 'string' ? JSON.stringify(temporal(value)) : String(value);
}
