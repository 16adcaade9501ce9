// Follows jobs of a ledger from a browser: one module, no dependencies, no build step.
//   import { follow, submit } from 'https://ledger.example/client.js';
//   const { job } = await submit({ provider: 'replicate', account: 'acme', hold: '5', input });
//   follow(job, { onProgress, onDone, onProblem });
//
// A stream first; long polls by themselves where it is refused, silent or broken; every event once
// across both. Trouble on the way is never told as a failure of the job. The stream is read with
// fetch(): EventSource cannot send a token, hides the answer's status and the heartbeats, and
// reconnects by itself with a ticket that was good for once. Guide: "Follow a job from a browser".

/** Every time in one place, so that a test can scale them with the option `timings`. */
export const timings = Object.freeze({
  openMs: 10_000, // a stream must say something within
  silenceMs: 45_000, // three heartbeats missed: the connection is dead
  waitSeconds: 25, // a long poll is held for
  requestMs: 15_000, // any other request may take
  pollMs: 3_000, // between polls that nobody held
  backoffMinMs: 500, backoffMaxMs: 30_000, // tries after a lost connection: from and to
  slowMs: 120_000, // tries after 401, 403 and 404, and of a refused stream: up to
  giveUpMs: 120_000, // submit() tries to be heard for
});

const BASE = new URL('.', import.meta.url).href;
const ENDED = ['succeeded', 'failed', 'canceled', 'expired'];
const SLOW = ['overdue', 'uncertain', 'parked'];
const LOST = ['connection_lost', 'The connection is lost. The job goes on without it.'];
const [EVENT_CHARS_MAX, REPORTS_MAX, POST_TRIES_MAX] = [8 << 20, 40, 10];

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
 * looking, and only a job that is not there is posted again, under the id made before.
 * @param {object} job Fields of `POST /v1/jobs`.
 * @param {Options & {post?: (job: object, signal: AbortSignal) => Promise<Response>}} [options]
 *   `post`: where your own backend submits; it must pass the id on.
 * @returns {Promise<object>} The receipt, or the job's status with `found: true`.
 * @throws {LedgerError} A refusal; or nobody answered, and `job` is the id to follow or repeat.
 */
export async function submit(job, options = {}) {
  const time = { ...timings, ...options.timings };
  const body = { ...job, id: job.id ?? newJobId() };
  const [path, detail] = [pathOf(body.id), { signal: options.signal, ms: time.requestMs }];
  for (let tries = 0, until = Date.now() + time.giveUpMs; ; tries += 1) {
    const posted = { ...detail, method: 'POST', body, post: options.post };
    const reply = await ask('v1/jobs', options, posted).catch(none);
    if (isRefusal(reply?.status)) throw new LedgerError(reply.status, reply.body, body.id);
    const heard = reply?.status < 300;
    const seen = heard ? null : await ask(path, options, detail).catch(none);
    const found = seen?.status === 200;
    const lost = options.report !== false && (found || (heard && tries > 0));
    if (lost) insist(`${path}/client-reports`, options, reportOf('post_failed', { found }));
    if (heard) return { ...reply.body, job: body.id };
    if (found) return { ...seen.body, found };
    const giveUp = Date.now() > until || options.signal?.aborted;
    if (giveUp) throw new LedgerError(reply?.status ?? 0, reply?.body, body.id);
    await pause(retryAfter(reply) ?? backoff(tries, time), options.signal);
  }
}

/** "Check for results": the ledger asks the provider now. @throws {LedgerError} */
export async function check(jobId, options = {}) {
  const detail = { method: 'POST', body: {}, ms: timings.requestMs };
  const reply = await ask(`${pathOf(jobId)}/check`, options, detail).catch(none);
  if (reply?.status < 300) return reply.body;
  throw new LedgerError(reply?.status ?? 0, reply?.body, jobId);
}

/**
 * Follows one job to its end. The options' meaning: see the guide.
 * @param {string} jobId
 * @param {Options & Handlers} [options]
 * @returns {{done: Promise<object | null>, connection: Connection, position: number | null,
 *   close: () => void}} `done`: the last status. `position`: to be given as `after` another time.
 * @typedef {{base?: string, token?: string | (() => string | Promise<string>),
 *   ticket?: () => Promise<string>, transport?: 'auto' | 'sse' | 'poll', after?: number,
 *   consumer?: string, deliver?: boolean, report?: boolean, signal?: AbortSignal,
 *   timings?: Partial<typeof timings>}} Options
 * @typedef {{onProgress?: (status: object) => void, onDone?: (status: object) => void,
 *   onProblem?: (problem: Problem) => void, onEvent?: (event: object) => void,
 *   onLive?: (live: {kind: 'log' | 'stage' | 'progress', text: string, at: string}) => void,
 *   onConnection?: (state: Connection) => void}} Handlers
 * @typedef {'connecting'|'live'|'polling'|'reconnecting'|'offline'|'ended'} Connection
 * @typedef {{kind: 'connection_lost'|'still_running'|'failed'|'not_allowed'|'not_found'|
 *   'books_restored', message: string, job: object | null}} Problem `failed` alone ends the job
 */
export const follow = (jobId, options = {}) => new Follower(jobId, options);

class Follower {
  constructor(job, options) {
    Object.assign(this, { job, options, path: pathOf(job), connection: 'connecting', heardAt: 0 });
    Object.assign(this, { status: null, reports: REPORTS_MAX, streamTries: 0, pollTries: 0 });
    this.streamAt = 0; // when a stream may be tried again
    this.time = { ...timings, ...options.timings };
    this.position = options.after ?? null; // the cursor: the last event handed over
    this.stopper = new AbortController();
    this.keep = (stop) => (this.cut = stop); // how to end what is under way
    this.done = new Promise((resolve) => (this.resolve = resolve));
    const [page, { signal }] = [globalThis.document, this.stopper];
    const hear = (who, what, act) => who?.addEventListener?.(what, act, { signal });
    hear(options.signal, 'abort', () => this.close());
    hear(globalThis, 'online', () => this.retry());
    hear(globalThis, 'offline', () => this.connected('offline') ?? this.tell(...LOST));
    hear(globalThis, 'pageshow', (event) => event.persisted && this.retry());
    hear(globalThis, 'pagehide', () => this.report('closed', {}, true));
    const asleep = () => Date.now() - this.heardAt > this.time.silenceMs / 2;
    hear(page, 'visibilitychange', () => !page.hidden && asleep() && this.retry());
    options.signal?.aborted ? this.close() : this.run();
  }

  close() {
    if (this.over) return;
    this.connected('ended');
    this.over = true;
    this.stopper.abort();
    this.resolve(this.status);
  }

  async run() {
    const { transport = 'auto' } = this.options;
    while (!this.over) {
      const ready = { sse: true, poll: false, auto: Date.now() >= this.streamAt }[transport];
      const streaming = ready && !this.streamEnded;
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
      const isStream = /^text\/event-stream/.test(reply.headers.get('Content-Type'));
      if (reply.status !== 200 || !isStream) throw refusal(reply);
      const reader = reply.body.pipeThrough(new TextDecoderStream()).getReader();
      const parse = streamParser((message) => this.take(message));
      while (!this.over && !this.streamEnded) {
        const { value, done } = await reader.read();
        if (done) throw new Error('the stream broke');
        Object.assign(this, { heardAt: Date.now(), streamTries: 0 });
        limit.again(this.time.silenceMs);
        this.connected('live');
        parse(value);
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
    this.position ??= Number(id); // on a resume it stays: events before the snapshot still come
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
      const later = async () => (this.stale = await pause(this.time.pollMs, this.stopper.signal));
      await this.look(0, none).catch(later);
      this.refreshing = false;
    }
  }

  async poll() {
    const begun = Date.now();
    const news = await this.look(this.streamEnded ? 0 : this.time.waitSeconds);
    this.pollTries = 0;
    this.connected('polling');
    if (Date.now() - begun < 1000) await this.sleep(news ? 200 : this.time.pollMs); // not held
  }

  /** One look, held for so long: the events first, then the status. @returns whether it was news */
  async look(seconds, keep = this.keep) {
    const due = Math.ceil((this.streamAt - Date.now()) / 1000); // then a stream is tried again
    const held = this.options.transport === 'poll' || due <= 0 ? seconds : Math.min(seconds, due);
    const headers = held > 0 ? { Prefer: `wait=${held}` } : {};
    if (this.etag) headers['If-None-Match'] = this.etag;
    const [{ signal }, ms] = [this.stopper, held * 1000 + this.time.requestMs];
    const reply = await ask(this.path, this.options, { headers, keep, ms, signal });
    if (reply.status !== 200 && reply.status !== 304) throw refusal(reply);
    const status = reply.status === 200 ? reply.body : this.status;
    this.position ??= status.position;
    const whole = !this.options.onEvent || (await this.drain(status.position, keep));
    if (whole) this.position = Math.max(this.position, status.position);
    this.etag = whole ? (reply.headers.get('ETag') ?? `"${status.position}"`) : null;
    const news = this.show(status);
    const stored = this.streamEnded || !status.waiting_for; // outputs may come after the verdict
    if (stored && ENDED.includes(status.state) && !this.over) this.finish(status);
    return news;
  }

  /** Hands over the events up to `goal`. @returns false where they are refused to us */
  async drain(goal, keep) {
    while (this.position < goal && !this.over) {
      const before = this.position;
      const path = `${this.path}/events?after=${before}&limit=500`;
      const detail = { keep, ms: this.time.requestMs, signal: this.stopper.signal };
      const reply = await ask(path, this.options, detail);
      if (reply.status === 410 || isPassing(reply.status)) throw refusal(reply);
      if (reply.status === 200) reply.body.events.forEach((event) => this.pass(event));
      if (before === this.position) return false;
    }
    return true;
  }

  show(status) {
    if (this.over || !(status.position > (this.status?.position ?? 0))) return false;
    this.status = status;
    this.call('onProgress', status);
    if (SLOW.includes(status.state)) this.tell('still_running', status.waiting_for ?? status.state);
    return true;
  }

  finish(status) {
    if (status.state !== 'succeeded') this.tell('failed', status.error?.message ?? status.state);
    this.call('onDone', status);
    const { consumer = 'browser', deliver = true } = this.options;
    const channel = this.connection === 'live' ? 'sse' : 'http';
    const receipt = { channel, consumer, through: status.position };
    if (deliver) insist(`${this.path}/delivered`, this.options, receipt);
    this.close();
    const [page, saw] = [globalThis.document, () => this.report('seen')];
    if (!page?.hidden) saw(); // to have the result is not to show it
    else page.addEventListener('visibilitychange', saw, { once: true });
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
      if (!this.streamTries) this.report(opened ? 'stream_broken' : 'stream_refused', { status });
      const wait = backoff(this.streamTries++ + (opened ? 0 : 4), this.time, this.time.slowMs);
      this.streamAt = Date.now() + (error.wait ?? wait);
      if (this.options.transport !== 'sse') return;
    }
    const denied = { 401: 'not_allowed', 403: 'not_allowed', 404: 'not_found' }[status];
    this.connected(globalThis.navigator?.onLine === false ? 'offline' : 'reconnecting');
    this.tell(...(denied ? [denied, `The job is not shown: ${error.message}`] : LOST));
    const longest = this.time[denied ? 'slowMs' : 'backoffMaxMs'];
    await this.sleep(error.wait ?? backoff(this.pollTries++, this.time, longest));
  }

  tell(kind, message) {
    if (this.trouble === kind) return; // once, until it is over
    this.trouble = kind;
    this.report(kind);
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

  async sleep(ms) {
    this.idle = true;
    this.idle = !(await pause(ms, this.stopper.signal, this.keep));
  }

  /** What this browser saw, for whoever must explain the job later. */
  report(kind, detail, keepalive) {
    if (this.options.report === false || (this.reports -= 1) < 0) return;
    const { path, options, connection, position } = this;
    const body = reportOf(kind, { connection, position, ...detail });
    insist(`${path}/client-reports`, options, body, keepalive);
  }

  call(name, value) {
    try { this.options[name]?.(value); } // the page's own mistake does not end the following
    catch (error) { globalThis.reportError?.(error); }
  }
}

/** The ledger's server-sent events, out of text that comes in pieces: LF, JSON in one line. */
function streamParser(take) {
  let rest = '';
  return (text) => {
    const blocks = (rest + text).split('\n\n');
    rest = blocks.pop();
    if (rest.length > EVENT_CHARS_MAX) throw new Error('an event without an end');
    for (const block of blocks) {
      const fields = block.split('\n').map((line) => /^(\w+): ?([^]*)$/.exec(line)?.slice(1) ?? []);
      const message = { event: 'message', id: '', data: '', ...Object.fromEntries(fields) };
      if (message.data || message.event === 'end') take(message);
    }
  };
}

const none = () => null;
const pathOf = (jobId) => `v1/jobs/${encodeURIComponent(jobId)}`;
const isPassing = (status) => status >= 500 || [408, 425, 429].includes(status); // time mends it
const isRefusal = (status) => status >= 400 && !isPassing(status);
const reportOf = (kind, more) => ({ kind, report: { at: new Date().toISOString(), ...more } });
const refusal = (reply) =>
  Object.assign(new LedgerError(reply.status, reply.body), { wait: retryAfter(reply) });
const backoff = (tries, time, longest = time.backoffMaxMs) =>
  Math.min(longest, time.backoffMinMs * 2 ** Math.min(tries, 20)) * (1 + Math.random()) / 2;
const retryAfter = (reply) => (reply?.headers.has('Retry-After')
  ? Math.min(Math.max(1, Number(reply.headers.get('Retry-After')) || 5), 300) * 1000 : undefined);

async function send(path, options, { body, headers, ...detail }) {
  const url = new URL(path, options.base ?? BASE);
  const token = typeof options.token === 'function' ? await options.token() : options.token;
  if (options.ticket) url.searchParams.set('ticket', await options.ticket());
  const said = { ...headers, ...(body && { 'Content-Type': 'application/json' }) };
  if (token) said.Authorization = `Bearer ${token}`;
  const credentials = token || options.ticket ? 'omit' : 'same-origin';
  const all = { ...detail, headers: said, body: body && JSON.stringify(body), credentials };
  return fetch(url, { ...all, cache: 'no-store' });
}

/** One request and its whole answer. @throws where no answer of a ledger came */
async function ask(path, options, { ms, signal, keep, post, ...detail }) {
  const limit = limited(signal, ms, keep);
  try {
    const reply = await (post
      ? post(detail.body, limit.signal) : send(path, options, { ...detail, signal: limit.signal }));
    const [text, { status, headers }] = [await reply.text(), reply];
    const json = /json/.test(headers.get('Content-Type') ?? '');
    if (status === 200 && !json) throw new Error('a captive portal, not a ledger');
    return { status, headers, body: json && text ? JSON.parse(text) : null };
  } finally {
    limit.stop();
  }
}

async function insist(path, options, body, keepalive = false) {
  const time = { ...timings, ...options.timings };
  const detail = { method: 'POST', body, keepalive, ms: time.requestMs };
  for (let tries = 0; tries < POST_TRIES_MAX; tries += 1) {
    const reply = await ask(path, options, detail).catch(none);
    if (reply && !isPassing(reply.status)) return;
    await pause(retryAfter(reply) ?? backoff(tries, time));
  }
}

/** A signal that ends with another one, after some time, or by `stop`, which `keep` is given. */
function limited(parent, ms, keep = none) {
  const own = new AbortController();
  const stop = () => own.abort(clearTimeout(timer));
  const again = (later) => (timer = (clearTimeout(timer), setTimeout(stop, later)));
  let timer = setTimeout(stop, ms);
  parent?.addEventListener('abort', stop, { signal: own.signal });
  if (parent?.aborted) stop();
  keep(stop);
  return { signal: own.signal, stop, again };
}

async function pause(ms, parent, keep) {
  const { signal } = limited(parent, ms, keep);
  if (!signal.aborted) await new Promise((over) => signal.addEventListener('abort', over));
  return true;
}
