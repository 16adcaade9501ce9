// Follows jobs of a ledger from a browser: one module, no dependencies, no build step.
//
//   import { follow, submit } from 'https://ledger.example/client.js';
//   const { job } = await submit({ provider: 'replicate', account: 'acme', hold: '5', input });
//   follow(job, { onProgress, onDone, onProblem });
//
// A stream first; long polls by themselves where a stream is refused, silent or broken; every
// event once across both. Trouble on the way is never told as a failure of the job.
//
// The stream is read with fetch(), not EventSource, which cannot send a token, hides the answer's
// status (403 and a dead server look alike) and the heartbeats (after a laptop's sleep it waits on
// a dead connection), and reconnects by itself with a ticket that was good for once.
// Guide: "Follow a job from a browser". The types stand at the end.

const BASE = new URL('.', import.meta.url).href;
const ENDED = ['succeeded', 'failed', 'canceled', 'expired'];
const SLOW = ['overdue', 'uncertain', 'parked'];
const LOST = ['connection_lost', 'The connection is lost. The job goes on without it.'];
const [LINE_CHARS_MAX, REPORTS_MAX, POST_TRIES_MAX] = [8 << 20, 40, 10];

/** Every time in one place, so that a test can scale them with the option `timings`. */
export const timings = Object.freeze({
  openMs: 10_000, // a stream must say something within
  silenceMs: 45_000, // three heartbeats missed: the connection is dead
  waitSeconds: 25, // a long poll is held for
  requestMs: 15_000, // any other request may take
  pollMs: 3_000, // between polls that nobody held
  backoffMinMs: 500, // tries after a lost connection: from ...
  backoffMaxMs: 30_000, // ... to
  slowMs: 120_000, // tries after 401, 403 and 404, and of a refused stream: up to
  restAfterMs: 60_000, // hidden for so long, a page gives its connection back (HTTP/1.1 has six)
  restMs: 30_000, // and then looks this often
  giveUpMs: 120_000, // submit() tries to be heard for
});

/** A refusal by the ledger, or its silence (`status` 0). `next` says what to do. */
export class LedgerError extends Error {
  constructor(status, body, job = null) {
    super(body?.detail ?? body?.title ?? (status ? `HTTP ${status}` : 'no answer'));
    Object.assign(this, { name: 'LedgerError', status, next: body?.next ?? null, job });
  }
}

/** A job id made before the POST, so that a lost answer can be looked up. @returns {string} */
export function newJobId() {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return 'web-' + Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/**
 * Submits a job once, whatever the network does: a POST that fails or times out is followed by
 * looking, and only a job that is not there is posted again, under the same id.
 * @param {object} job Fields of `POST /v1/jobs`; without `id` one is made.
 * @param {Options & {post?: (job: object, signal: AbortSignal) => Promise<Response>}} [options]
 *   `post`: where your own backend submits; it must pass the id on.
 * @returns {Promise<object>} The receipt, or the job's status with `found: true`.
 * @throws {LedgerError} A refusal; or nobody answered, and `job` is the id to follow or repeat.
 */
export async function submit(job, options = {}) {
  const time = { ...timings, ...options.timings };
  const body = { ...job, id: job.id ?? newJobId() };
  const [path, detail] = [pathOf(body.id), { signal: options.signal, ms: time.requestMs }];
  const lost = (found) => report(path, options, 'post_failed', { found });
  for (let tries = 0, until = Date.now() + time.giveUpMs; ; tries += 1) {
    const posted = { ...detail, method: 'POST', body, post: options.post };
    const reply = await ask('v1/jobs', options, posted).catch(none);
    if (isRefusal(reply?.status)) throw new LedgerError(reply.status, reply.body, body.id);
    if (reply?.status < 300) {
      if (tries > 0) lost(false);
      return { ...reply.body, job: body.id };
    }
    const seen = await ask(path, options, detail).catch(none);
    if (seen?.status === 200) {
      lost(true);
      return { ...seen.body, found: true };
    }
    const over = Date.now() > until || options.signal?.aborted;
    if (over) throw new LedgerError(reply?.status ?? 0, reply?.body, body.id);
    await pause(retryAfter(reply) ?? backoff(tries, time), options.signal);
  }
}

/** "Check for results": the ledger asks the provider now. @throws {LedgerError} */
export async function check(jobId, options = {}) {
  const ms = options.timings?.requestMs ?? timings.requestMs;
  const detail = { method: 'POST', body: {}, ms };
  const reply = await ask(`${pathOf(jobId)}/check`, options, detail).catch(none);
  if (reply?.status < 300) return reply.body;
  throw new LedgerError(reply?.status ?? 0, reply?.body, jobId);
}

/**
 * Follows one job to its end.
 * @param {string} jobId
 * @param {Options & Handlers} [options]
 * @returns {{done: Promise<object | null>, connection: string, position: number | null,
 *   check: () => Promise<object>, close: () => void}} `done`: the last status.
 */
export function follow(jobId, options = {}) {
  const follower = new Follower(jobId, options);
  follower.start();
  return follower;
}

class Follower {
  constructor(job, options) {
    Object.assign(this, { job, options, path: pathOf(job), connection: 'connecting' });
    Object.assign(this, { status: null, etag: null, trouble: null, reports: REPORTS_MAX });
    Object.assign(this, { streamTries: 0, streamAt: 0, pollTries: 0, heardAt: 0 });
    this.time = { ...timings, ...options.timings };
    this.position = options.after ?? null; // the cursor: the last event handed over
    this.stopper = new AbortController();
    this.keep = (stop) => (this.cut = stop); // how to end what is under way
    this.done = new Promise((resolve) => (this.resolve = resolve));
  }

  start() {
    const page = globalThis.document;
    const hear = (target, type, handler) =>
      target?.addEventListener?.(type, handler, { signal: this.stopper.signal });
    hear(this.options.signal, 'abort', () => this.close());
    hear(globalThis, 'online', () => this.retry());
    hear(globalThis, 'offline', () => this.connected('offline') ?? this.tell(...LOST));
    hear(globalThis, 'pageshow', (event) => event.persisted && this.retry());
    hear(globalThis, 'pagehide', () => this.report('closed', {}, true));
    hear(page, 'visibilitychange', () => this.turned(page.visibilityState === 'hidden'));
    if (this.options.signal?.aborted) this.close();
    this.run();
  }

  check() {
    return check(this.job, this.options).finally(() => this.idle && this.retry());
  }

  close() {
    if (this.over) return;
    this.connected('ended');
    this.over = true;
    clearTimeout(this.restTimer);
    this.stopper.abort();
    this.resolve(this.status);
  }

  async run() {
    const { transport } = this.options;
    while (!this.over) {
      const ready = transport === 'sse' || (!this.resting && Date.now() >= this.streamAt);
      const streaming = ready && transport !== 'poll' && !this.streamEnded;
      await (streaming ? this.stream() : this.poll())
        .catch((error) => this.over || this.suffer(error, streaming));
    }
  }

  async stream() {
    const limit = limited(this.stopper.signal, this.time.openMs, this.keep);
    try {
      const query = this.position === null ? '' : `?after=${this.position}`;
      const detail = { headers: { Accept: 'text/event-stream' }, signal: limit.signal };
      const reply = await send(`${this.path}/events${query}`, this.options, detail);
      if (reply.status === 204) return void (this.streamEnded = true);
      const type = reply.headers.get('Content-Type') ?? '';
      if (reply.status !== 200 || !type.startsWith('text/event-stream')) throw refusal(reply);
      const reader = reply.body.pipeThrough(new TextDecoderStream()).getReader();
      const parse = streamParser();
      while (!this.over && !this.streamEnded) {
        const { value, done } = await reader.read();
        if (done) throw new Error('the stream broke');
        Object.assign(this, { heardAt: Date.now(), streamTries: 0 });
        limit.again(this.time.silenceMs);
        this.connected('live');
        parse(value).forEach((message) => this.take(message));
      }
    } finally {
      limit.stop();
    }
  }

  take({ event, data, id }) {
    if (this.over || this.streamEnded) return;
    if (event === 'end') return void (this.streamEnded = true); // a last look follows
    const value = JSON.parse(data);
    if (event === 'live') this.call('onLive', value);
    if (event === 'message' && this.pass(value)) this.refresh();
    if (event !== 'snapshot') return;
    // On a resume the cursor stays: a snapshot shows the head, and events before it still come.
    if (this.position === null && /^\d+$/.test(id)) this.position = Number(id);
    this.show(value);
  }

  /** The one gate for every event, of a stream or a poll: only forward, each once. */
  pass(event) {
    if (!(Number.isSafeInteger(event.position) && event.position > this.position)) return false;
    this.position = event.position;
    this.call('onEvent', event);
    return true;
  }

  /** Events say that something changed; what the job is now, the ledger says. */
  async refresh() {
    this.stale = true;
    while (this.stale && !this.refreshing && this.connection === 'live') {
      Object.assign(this, { stale: false, refreshing: true });
      await this.look(0, none).catch(async () => {
        this.stale = await pause(this.time.pollMs, this.stopper.signal);
      });
      this.refreshing = false;
    }
  }

  async poll() {
    const begun = Date.now();
    const news = await this.look(this.resting || this.streamEnded ? 0 : this.time.waitSeconds);
    this.pollTries = 0;
    this.connected('polling');
    if (this.resting) return this.sleep(this.time.restMs);
    // Whoever answers at once without news does not know `Prefer: wait`.
    if (Date.now() - begun < 1000) await this.sleep(news ? 200 : this.time.pollMs);
  }

  /** One look, held for so long: the events first, then the status. @returns whether it was news */
  async look(seconds, keep = this.keep) {
    const due = Math.ceil((this.streamAt - Date.now()) / 1000); // then a stream is tried again
    const held = this.options.transport === 'poll' || due <= 0 ? seconds : Math.min(seconds, due);
    const headers = held > 0 ? { Prefer: `wait=${held}` } : {};
    if (this.etag) headers['If-None-Match'] = this.etag;
    const ms = held * 1000 + this.time.requestMs;
    const detail = { headers, ms, keep, signal: this.stopper.signal };
    const reply = await ask(this.path, this.options, detail);
    if (reply.status !== 200 && reply.status !== 304) throw refusal(reply);
    const status = reply.status === 200 ? reply.body : this.status;
    this.position ??= status.position;
    const whole = !this.options.onEvent || (await this.drain(status.position, keep));
    if (whole) this.position = Math.max(this.position, status.position);
    this.etag = whole ? (reply.headers.get('ETag') ?? `"${status.position}"`) : null;
    const news = this.show(status);
    // After the verdict an output may still be on its way into the store.
    const ended = ENDED.includes(status.state) && (this.streamEnded || !status.waiting_for);
    if (ended && !this.over) this.finish(status);
    return news;
  }

  /** Hands over the events up to `goal`. @returns false where they are refused to us */
  async drain(goal, keep) {
    while (this.position < goal && !this.over) {
      const before = this.position;
      const detail = { ms: this.time.requestMs, keep, signal: this.stopper.signal };
      const path = `${this.path}/events?after=${before}&limit=500`;
      const reply = await ask(path, this.options, detail);
      if (reply.status === 410 || isPassing(reply.status)) throw refusal(reply);
      if (reply.status === 200) reply.body.events.forEach((event) => this.pass(event));
      if (this.position === before) return false;
    }
    return true;
  }

  show(status) {
    if (this.over || !(status.position > (this.status?.position ?? 0))) return false;
    const slower = SLOW.includes(status.state) && status.state !== this.status?.state;
    this.status = status;
    this.call('onProgress', status);
    if (slower) this.problem('still_running', status.waiting_for ?? `it is ${status.state}`);
    return true;
  }

  finish(status) {
    const failed = status.error?.message ?? `the job ended as ${status.state}`;
    if (status.state !== 'succeeded') this.problem('failed', failed);
    this.call('onDone', status);
    const { consumer = 'browser', deliver = true } = this.options;
    const channel = this.connection === 'live' ? 'sse' : 'http';
    const receipt = { channel, consumer, through: status.position };
    if (deliver) insist(`${this.path}/delivered`, this.options, receipt);
    this.close();
    const page = globalThis.document; // to have it is not to have shown it
    const saw = () => page?.visibilityState !== 'hidden' && seen.abort(this.report('seen'));
    const seen = new AbortController();
    page?.addEventListener('visibilitychange', saw, { signal: seen.signal });
    saw();
  }

  /** Sorts trouble: restored books, a refused stream, a refusal, a lost connection. */
  async suffer(error, streaming) {
    if (this.woken) return void (this.woken = false);
    const status = error.status ?? 0;
    if (status === 410) {
      this.position = this.etag = this.status = null;
      return this.tell('books_restored', 'The books were restored; it is followed from now on.');
    }
    if (streaming) {
      const opened = this.connection === 'live';
      const kind = opened ? 'stream_broken' : 'stream_refused';
      if (this.streamTries === 0) this.report(kind, { status });
      const wait = backoff(this.streamTries + (opened ? 0 : 4), this.time, this.time.slowMs);
      this.streamAt = Date.now() + (error.wait ?? wait);
      this.streamTries += 1;
      if (this.options.transport !== 'sse') return;
    }
    const denied = { 401: 'not_allowed', 403: 'not_allowed', 404: 'not_found' }[status];
    this.connected(globalThis.navigator?.onLine === false ? 'offline' : 'reconnecting');
    if (denied) this.tell(denied, 'The ledger does not show this job: ' + error.message);
    else this.tell(...LOST);
    const longest = denied ? this.time.slowMs : this.time.backoffMaxMs;
    await this.sleep(error.wait ?? backoff(this.pollTries, this.time, longest));
    this.pollTries += 1;
  }

  /** Tells of a trouble, once until it is over. */
  tell(kind, message) {
    if (this.trouble === kind) return;
    this.trouble = kind;
    this.report(kind);
    this.problem(kind, message);
  }

  problem(kind, message) {
    this.call('onProblem', { kind, message, job: this.status });
  }

  connected(state) {
    if (this.over || this.connection === state) return;
    this.connection = state;
    if (state === 'live' || state === 'polling') this.trouble = null;
    this.call('onConnection', state);
  }

  /** Tries again now; a connection from before a sleep or an outage is not trusted. */
  retry() {
    this.streamTries = this.pollTries = this.streamAt = 0;
    this.woken = !this.idle;
    this.cut?.();
  }

  turned(hidden) {
    clearTimeout(this.restTimer);
    if (hidden && this.options.transport !== 'sse') {
      this.restTimer = setTimeout(() => this.retry((this.resting = true)), this.time.restAfterMs);
    } else if (!hidden) {
      const doubted = this.resting || Date.now() - this.heardAt > this.time.silenceMs / 2;
      this.resting = false;
      if (doubted) this.retry();
    }
  }

  async sleep(ms) {
    this.idle = true;
    await pause(ms, this.stopper.signal, this.keep);
    this.idle = false;
  }

  /** What this browser saw, for whoever must explain the job later. */
  report(kind, detail, keepalive) {
    const { connection, position } = this;
    if ((this.reports -= 1) < 0) return;
    report(this.path, this.options, kind, { connection, position, ...detail }, keepalive);
  }

  call(name, value) {
    try {
      this.options[name]?.(value);
    } catch (error) {
      globalThis.reportError?.(error); // the page's own mistake does not end the following
    }
  }
}

/** Server-sent events out of text that comes in pieces (WHATWG HTML, 9.2.6). */
function streamParser() {
  const fresh = () => ({ event: 'message', data: [], id: '' });
  let [rest, message] = ['', fresh()];
  return (text) => {
    const lines = (rest + text).split(/\r\n|\n|\r(?=[^])/); // a last \r may be half of \r\n
    const found = [];
    rest = lines.pop();
    if (rest.length > LINE_CHARS_MAX) throw new Error('a line without an end');
    for (const line of lines) {
      const [, name, value = ''] = /^([^:]*)(?:: ?([^]*))?$/.exec(line);
      if (name === 'data') message.data.push(value);
      if (name === 'event' || name === 'id') message[name] = value;
      if (line !== '') continue;
      if (message.data.length || message.event === 'end') {
        found.push({ ...message, data: message.data.join('\n') });
      }
      message = fresh();
    }
    return found;
  };
}

const none = () => null;
const pathOf = (jobId) => `v1/jobs/${encodeURIComponent(jobId)}`;
const isPassing = (status) => status >= 500 || [408, 425, 429].includes(status); // time mends it
const isRefusal = (status) => status >= 400 && !isPassing(status);
const refusal = (reply) =>
  Object.assign(new LedgerError(reply.status, reply.body), { wait: retryAfter(reply) });

async function send(path, options, { body, headers, ...detail }) {
  const url = new URL(path, options.base ?? BASE);
  const token = typeof options.token === 'function' ? await options.token() : options.token;
  if (options.ticket) url.searchParams.set('ticket', await options.ticket());
  const said = { ...headers };
  if (token) said.Authorization = `Bearer ${token}`;
  if (body) said['Content-Type'] = 'application/json';
  const credentials = token || options.ticket ? 'omit' : 'same-origin';
  const text = body && JSON.stringify(body);
  return fetch(url, { ...detail, headers: said, body: text, cache: 'no-store', credentials });
}

/** One request and its whole answer. @throws where no answer of a ledger came */
async function ask(path, options, { ms, signal, keep, post, ...detail }) {
  const limit = limited(signal, ms, keep);
  try {
    const mine = () => send(path, options, { ...detail, signal: limit.signal });
    const reply = await (post ? post(detail.body, limit.signal) : mine());
    const [text, { status, headers }] = [await reply.text(), reply];
    const json = /json/.test(headers.get('Content-Type') ?? '');
    if (status === 200 && !json) throw new Error('a captive portal, not a ledger');
    return { status, headers, body: json && text ? JSON.parse(text) : null };
  } finally {
    limit.stop();
  }
}

/** Posts until somebody answers. */
async function insist(path, options, body, keepalive = false) {
  const time = { ...timings, ...options.timings };
  const detail = { method: 'POST', body, keepalive, ms: time.requestMs };
  for (let tries = 0; tries < POST_TRIES_MAX; tries += 1) {
    const reply = await ask(path, options, detail).catch(none);
    if (reply && !isPassing(reply.status)) return;
    await pause(retryAfter(reply) ?? backoff(tries, time));
  }
}

function report(path, options, kind, detail, keepalive) {
  const body = { kind, report: { at: new Date().toISOString(), ...detail } };
  if (options.report !== false) insist(`${path}/client-reports`, options, body, keepalive);
}

function retryAfter(reply) {
  const seconds = Number(reply?.headers.get('Retry-After') ?? NaN);
  return seconds >= 0 ? Math.min(Math.max(seconds * 1000, 500), 300_000) : undefined;
}

function backoff(tries, time, longest = time.backoffMaxMs) {
  const ms = Math.min(longest, time.backoffMinMs * 2 ** Math.min(tries, 20));
  return ms * (0.5 + Math.random() / 2);
}

/** A signal that ends with another one, after some time, or by `stop`, which `keep` is given. */
function limited(parent, ms, keep = none) {
  const own = new AbortController();
  let timer = null;
  const stop = () => {
    clearTimeout(timer);
    parent?.removeEventListener('abort', stop);
    own.abort();
  };
  const again = (later) => timer = (clearTimeout(timer), setTimeout(stop, later));
  parent?.addEventListener('abort', stop);
  again(ms);
  if (parent?.aborted) stop();
  keep(stop);
  return { signal: own.signal, stop, again };
}

/** @returns true, when the time is over or was ended */
function pause(ms, parent, keep) {
  const { signal } = limited(parent, ms, keep);
  return new Promise((resolve) => {
    if (signal.aborted) resolve(true);
    signal.addEventListener('abort', () => resolve(true));
  });
}

/**
 * @typedef {object} Options
 * @property {string} [base] The ledger's URL; where this file came from, if not given.
 * @property {string | (() => string | Promise<string>)} [token] Bearer token; asked each time.
 * @property {() => Promise<string>} [ticket] A fresh single-use ticket for each request, made by
 *   your backend, where no token may reach the browser.
 * @property {'auto' | 'sse' | 'poll'} [transport] Default auto.
 * @property {number} [after] Events behind this position are handed over; default: from now on.
 * @property {string} [consumer] Who receives the result, in job.delivered; default 'browser'.
 * @property {boolean} [deliver] false: do not acknowledge (an onlooker is not the customer).
 * @property {boolean} [report] false: do not tell the ledger what this browser saw.
 * @property {AbortSignal} [signal] Ends the following, or the submitting.
 * @property {Partial<typeof timings>} [timings]
 * @typedef {object} Handlers
 * @property {(status: object) => void} [onProgress] `ledger status JOB --json`, when it changed.
 * @property {(status: object) => void} [onDone] Once, at the end, whichever it is.
 * @property {(problem: Problem) => void} [onProblem]
 * @property {(event: object) => void} [onEvent] Every event once, in order.
 * @property {(live: {kind: 'log'|'stage'|'progress', text: string, at: string}) => void} [onLive]
 *   Lines as the provider writes them; not kept, not repeated.
 * @property {(state: 'connecting'|'live'|'polling'|'reconnecting'|'offline'|'ended') => void}
 *   [onConnection]
 * @typedef {object} Problem
 * @property {'connection_lost'|'still_running'|'failed'|'not_allowed'|'not_found'|
 *   'books_restored'} kind Only `failed` is the end of the job.
 * @property {string} message In words, to be shown.
 * @property {object | null} job Its last known status.
 */
