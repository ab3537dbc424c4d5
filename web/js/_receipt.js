// The check of a receipt, step by step, as docs/standards/receipt.md says. Needs nothing but the file and the ledger's key.

const encoder = new TextEncoder();
const fail = (reason) => { throw new Error(reason); };

function fromBase64(text) {
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)) fail('not base64');
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  return btoa(String.fromCharCode(...bytes)) === text ? bytes : fail('not base64');
}

export const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

const same = (a, b) => a.length === b.length && a.every((byte, i) => byte === b[i]);

function join(...parts) {
  const all = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

const sha256 = async (...parts) => new Uint8Array(await crypto.subtle.digest('SHA-256', join(...parts)));

// RFC 8785 of a record whose numbers are integers of at most 15 digits.
export function canonical(value) {
  if (typeof value === 'number' && !(Number.isInteger(value) && Math.abs(value) < 1e15 && !Object.is(value, -0))) fail('number');
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  return `{${Object.keys(value).sort().map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(',')}}`;
}

function readLeaf(bytes) {
  const view = new DataView(bytes.buffer);
  let at = 0;
  const take = (length) => (at + length <= bytes.length ? bytes.subarray(at, (at += length)) : fail('leaf'));
  const name = () => {
    const text = new TextDecoder().decode(take(take(1)[0]));
    return /^[a-z0-9_.-]{0,64}$/.test(text) ? text : fail('leaf');
  };
  if (take(1)[0] !== 1) fail('leaf version');
  const type = name() || fail('leaf type');
  const department = name();
  take(8);
  const time = new Date(Number(view.getBigUint64(at - 8))).toISOString();
  const leaf = { type, department, time, id: hex(take(16)), commitment: take(32) };
  take(8);
  const length = take(1)[0];
  if (length !== 0 && length !== 32) fail('leaf rules');
  leaf.rules = hex(take(length));
  return at === bytes.length ? leaf : fail('leaf length');
}

const number = (text) => (/^(0|[1-9][0-9]{0,18})$/.test(text) ? BigInt(text) : fail('number'));

function readProof(text) {
  const end = text.indexOf('\n\n');
  const lines = text.slice(0, end).split('\n');
  if (end < 0 || lines.shift() !== 'c2sp.org/tlog-proof@v1') fail('proof');
  if (lines[0]?.startsWith('extra ')) lines.shift();
  const index = lines.shift();
  if (!index?.startsWith('index ')) fail('proof');
  const hashes = lines.map(fromBase64);
  if (hashes.length > 63 || hashes.some((hash) => hash.length !== 32)) fail('proof');
  return { index: number(index.slice(6)), hashes, checkpoint: text.slice(end + 2) };
}

function readCheckpoint(note) {
  const end = note.lastIndexOf('\n\n');
  const text = note.slice(0, end + 1);
  const [origin, size, root] = text.split('\n');
  if (end < 0 || !origin) fail('checkpoint');
  const signatures = note.slice(end + 2).split('\n').filter(Boolean).map((line) => {
    const parts = /^— (\S+) (\S+)$/.exec(line) ?? fail('signature line');
    return { name: parts[1], bytes: fromBase64(parts[2]) };
  });
  return { text, origin, size: number(size), root: fromBase64(root), signatures };
}

export async function readKey(text) {
  const [, name, id, encoded] = /^([^+\s]+)\+([0-9a-f]{8})\+(\S+)$/.exec(text.trim()) ?? fail('key');
  const bytes = fromBase64(encoded);
  if (bytes.length !== 33 || bytes[0] !== 1) fail('key');
  const expected = await sha256(encoder.encode(`${name}\n`), bytes);
  if (hex(expected.subarray(0, 4)) !== id) fail('key id');
  return { name, id, bytes: bytes.subarray(1) };
}

async function rootOf(leafBytes, { index, hashes }, size) {
  let fn = index;
  let sn = size - 1n;
  let r = await sha256(Uint8Array.of(0), leafBytes);
  if (index >= size) fail('index');
  for (const p of hashes) {
    if (sn === 0n) fail('proof too long');
    if ((fn & 1n) === 1n || fn === sn) {
      r = await sha256(Uint8Array.of(1), p, r);
      for (; (fn & 1n) === 0n && fn !== 0n; fn >>= 1n) sn >>= 1n;
    } else {
      r = await sha256(Uint8Array.of(1), r, p);
    }
    fn >>= 1n;
    sn >>= 1n;
  }
  return sn === 0n ? r : fail('proof too short');
}

async function signedBy(checkpoint, key) {
  if (checkpoint.origin !== key.name) fail('origin');
  const signature = checkpoint.signatures.find(({ name, bytes }) => name === key.name && bytes.length === 68 && hex(bytes.subarray(0, 4)) === key.id);
  if (!signature) fail('not signed by this key');
  const publicKey = await crypto.subtle.importKey('raw', key.bytes, 'Ed25519', false, ['verify']);
  return crypto.subtle.verify('Ed25519', publicKey, signature.bytes.subarray(4), encoder.encode(checkpoint.text));
}

// Runs the five steps; calls report(step, holds, shown) after each, where `shown` is what the step computed, as text.
// Stops at the first that does not hold. Answers the record when all hold, otherwise null.
export async function checkReceipt(text, keyText, report) {
  let receipt, leafBytes, leaf, proof, checkpoint, key;
  const steps = {
    read: async () => {
      receipt = JSON.parse(text);
      if (receipt.format !== 'tongban-receipt/1' || Object.keys(receipt).length !== 5) fail('format');
      leafBytes = fromBase64(receipt.leaf);
      leaf = readLeaf(leafBytes);
      proof = readProof(receipt.proof);
      checkpoint = readCheckpoint(proof.checkpoint);
      key = await readKey(keyText);
      return [true, `${receipt.record.type} · ${receipt.record.time}`];
    },
    commitment: async () => {
      const salt = fromBase64(receipt.salt);
      const hmac = await crypto.subtle.importKey('raw', salt, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
      const message = encoder.encode(`tongban-record/1\n${canonical(receipt.record)}`);
      const commitment = new Uint8Array(await crypto.subtle.sign('HMAC', hmac, message));
      return [salt.length === 32 && same(commitment, leaf.commitment), hex(commitment)];
    },
    leaf: async () => {
      const { id, type, department, time, rules = '' } = receipt.record;
      const agrees = id === leaf.id && type === leaf.type && department === leaf.department && time === leaf.time && rules === leaf.rules;
      return [agrees, `${leaf.id} ${leaf.type} ${leaf.department} ${leaf.time}`];
    },
    inclusion: async () => {
      const root = await rootOf(leafBytes, proof, checkpoint.size);
      return [same(root, checkpoint.root), `${proof.index} / ${checkpoint.size}: ${hex(root)}`];
    },
    signature: async () => [await signedBy(checkpoint, key), `${key.name} ${key.id}`],
  };
  for (const [step, run] of Object.entries(steps)) {
    let holds = false, shown;
    try {
      [holds, shown] = await run();
    } catch (error) {
      shown = error.message;
    }
    report(step, holds, shown);
    if (!holds) return null;
  }
  return receipt.record;
}
