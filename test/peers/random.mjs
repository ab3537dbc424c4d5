// Numbers that look random and are the same for the same seed (mulberry32).
export class Random {
	constructor(seed) { this.state = seed >>> 0; }
	below(n) {
		this.state = this.state + 0x6d2b79f5 | 0;
		let t = Math.imul(this.state ^ this.state >>> 15, 1 | this.state);
		t = t + Math.imul(t ^ t >>> 7, 61 | t) ^ t;
		return ((t ^ t >>> 14) >>> 0) % n;
	}
}
