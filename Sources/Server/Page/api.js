// The ledger's HTTP API, as the page uses it. Every refusal becomes a Trouble with a next command.

/** Something to be shown instead of an answer. */
export class Trouble extends Error {
  constructor(status, title, detail, command) {
    super(title);
    Object.assign(this, { status, title, detail, command });
  }
}

const TIMEOUT_MS = 20_000;
const ADVICE = {
  0: ['The ledger does not answer', 'It may be down, or this device is offline.', 'ledger serve'],
  401: ['Sign in first', null, 'ledger token create --scope jobs:read,operate'],
  403: ['Not allowed', 'This token does not reach so far.', 'ledger token list'],
  404: ['Not here', null, 'ledger status'],
  410: ['The books were restored', 'This position is of an older incarnation.', 'ledger status'],
  429: ['Too many requests', 'Try again in a moment.', null],
  503: ['Not now', 'The ledger is paused, or its disk is nearly full.', 'ledger doctor'],
};

/** Asks for JSON. @throws {Trouble} */
export async function get(path, query = {}) {
  const url = new URL(path, location.origin);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== '') url.searchParams.set(name, value);
  }
  return ask(url, {});
}

/** Posts JSON. @throws {Trouble} */
export async function post(path, body = {}) {
  const headers = { 'Content-Type': 'application/json' };
  const detail = { method: 'POST', headers, body: JSON.stringify(body) };
  return ask(new URL(path, location.origin), detail);
}

export const leave = () => ask(new URL('/v1/sessions', location.origin), { method: 'DELETE' });

async function ask(url, options) {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const headers = { Accept: 'application/json', ...options.headers };
  const detail = { ...options, headers, signal, cache: 'no-store', credentials: 'same-origin' };
  const reply = await fetch(url, detail).catch(() => null);
  if (reply === null) throw trouble(0);
  const body = await reply.json().catch(() => null);
  if (!reply.ok) throw trouble(reply.status, body);
  return body;
}

function trouble(status, body) {
  const known = ADVICE[status] ?? [`The ledger answered ${status}`, null, 'ledger doctor'];
  const [title, detail, command] = known;
  return new Trouble(
    status, status === 0 || status === 401 ? title : (body?.title ?? title),
    body?.detail ?? detail, body?.next ?? command);
}

export const jobPath = (job) => `/v1/jobs/${encodeURIComponent(job)}`;
export const accountPath = (account) => `/v1/accounts/${encodeURIComponent(account)}`;
