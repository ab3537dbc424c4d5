// The decision engine of KIE as a native program (@kie-tools/jitexecutor-native), listening on a loopback port of its own choice.
import { spawn } from 'node:child_process';
import { parseExact } from './exact.mjs';

const program = new URL('node_modules/@kie-tools/jitexecutor-native/dist/linux/jitexecutor', import.meta.url).pathname;

export async function startKie() {
	const child = spawn(program, ['-Dquarkus.http.host=127.0.0.1', '-Dquarkus.http.port=0', '-Dquarkus.log.level=ERROR',
		'-Dquarkus.log.category."io.quarkus".level=INFO', '-Dquarkus.http.limits.max-body-size=64M'], { stdio: ['ignore', 'pipe', 'ignore'] });
	const port = await new Promise((resolve, reject) => {
		let text = '';
		const timer = setTimeout(() => reject(new Error(`KIE does not listen:\n${text}`)), 30000);
		child.on('error', reject);
		child.on('exit', () => reject(new Error(`KIE ended:\n${text}`)));
		child.stdout.on('data', data => {
			text = (text + data).slice(-4000);
			const match = /http:\/\/127\.0\.0\.1:(\d+)/.exec(text);
			if (match) {
				clearTimeout(timer);
				resolve(+match[1]);
			}
		});
	});
	child.removeAllListeners('exit');
	const url = `http://127.0.0.1:${port}/jitdmn/dmnresult`;
	return {
		pid: child.pid,
		// All decisions of a model for one context of inputs, as the text of KIE's answer.
		async post(model, context) {
			const body = JSON.stringify({ mainURI: 'm.dmn', resources: [{ URI: 'm.dmn', content: model }], context });
			const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
			return response.text();
		},
		// Map of decision name to { value, error }: the value with exact numbers, the first error's words or null.
		async decide(model, context) {
			const text = await this.post(model, context);
			const answer = parseExact(text);
			if (!answer.decisionResults) throw new Error(`KIE refused a model: ${text.slice(0, 400)}`);
			const errors = new Map(); // by the id of the decision; a literal expression's id is its decision's with an "e"
			for (const m of [...answer.messages ?? [], ...answer.decisionResults.flatMap(d => d.messages ?? [])])
				if (m.severity === 'ERROR') errors.set(m.sourceId?.replace(/e$/, ''), m.message);
			return new Map(answer.decisionResults.map(d => [d.decisionName, { value: d.result ?? null, error: errors.get(d.decisionId) ?? null }]));
		},
		stop() { child.kill(); },
	};
}
