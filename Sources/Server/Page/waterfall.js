// Where a job's time went: one lane per kind of work, on one axis; silence is drawn as silence.

import { h } from './dom.js';
import { count, credits, duration, millis } from './format.js';

const SILENCE_MS = 60_000;
const TICKS_DRAWN_MAX = 400;
const VERDICTS = ['job.succeeded', 'job.failed', 'job.canceled', 'job.expired'];

/** @returns {HTMLElement} the drawing of these events */
export function waterfall(events, status, ended) {
  if (!events.length) return h('div');
  const start = millis(events[0].at);
  const now = ended ? millis(events.at(-1).at) : Date.now();
  const whole = Math.max(now - start, 1000);
  const share = (at) => `${(Math.min(Math.max(at - start, 0), whole) / whole * 100).toFixed(3)}%`;
  const lanes = lanesOf(events, status, now);
  const bar = ({ from, to, kind, text }) => h('span', {
    class: `bar ${kind}`, title: text, style: {
      left: share(from), width: `calc(max(2px, ${share(start + (to - from))}))` } });
  const tick = ({ at, kind, text }) => h('span', {
    class: `tick ${kind}`, title: text, style: { left: share(at) } });
  const rows = lanes.map(({ name, bars = [], ticks = [], words }) => h('li', { class: 'lane' },
    h('span', { class: 'name' }, name),
    h('span', { class: 'track', 'aria-hidden': 'true' }, ...bars.map(bar), ...ticks.map(tick)),
    h('span', { class: 'words' }, words)));
  const marks = axis(whole).map((ms) => h('span', { style: { left: share(start + ms) } },
    ms === 0 ? '0' : duration(ms)));
  return h('section', { class: 'waterfall' }, h('h2', {}, 'Where the time went ',
    h('span', { class: 'muted' }, duration(whole))),
  h('ul', {}, ...rows),
  h('div', { class: 'lane axis', 'aria-hidden': 'true' }, h('span'),
    h('span', { class: 'track' }, ...marks), h('span')));
}

/** Round distances, three to six of them. */
function axis(whole) {
  const steps = [100, 200, 500, 1e3, 2e3, 5e3, 1e4, 15e3, 3e4, 6e4, 12e4, 3e5, 6e5, 9e5, 18e5,
    36e5, 72e5, 216e5, 432e5, 864e5, 1728e5, 6048e5];
  const step = steps.find((one) => whole / one <= 5) ?? whole / 4;
  const marks = [];
  for (let at = 0; at <= whole * 0.9; at += step) marks.push(at);
  return marks;
}

function lanesOf(events, status, now) {
  const of = (...types) => events.filter(({ type }) => types.includes(type));
  const verdict = of(...VERDICTS).at(-1);
  const end = verdict ? millis(verdict.at) : now;
  return [
    hold(of('credit.held', 'credit.captured', 'credit.released', 'credit.refunded'), now, status),
    submitting(events, now), ...provider(events, end),
    polls(of('job.polled'), events, end), told(of('job.notified')),
    saving(of('job.storing', 'job.stored', 'job.store_failed'), now),
    client(of('job.delivered', 'job.client_reported'), verdict, now),
  ].filter((lane) => lane);
}

function hold(money, now) {
  const held = money.find(({ type }) => type === 'credit.held');
  if (!held) return null;
  const after = money.filter((event) => event !== held);
  const settled = after.find(({ type }) => type !== 'credit.refunded');
  const word = ({ type, data }) => `${credits(data.amount)} ${type.slice(7)}`;
  const words = after.map(word).join(', ');
  return {
    name: 'Hold', words: words || `${credits(held.data.amount)} held`,
    bars: [{ from: millis(held.at), to: settled ? millis(settled.at) : now, kind: 'money',
      text: `${credits(held.data.amount)} held` }],
    ticks: after.map((event) => ({ at: millis(event.at), kind: 'money', text: word(event) })),
  };
}

function submitting(events, now) {
  const answers = { 'job.dispatched': 'good', 'job.dispatch_refused': 'care',
    'job.dispatch_uncertain': 'care' };
  const bars = [];
  for (const { type, at, data } of events) {
    if (type === 'job.dispatch_started') {
      bars.push({ from: millis(at), to: now, kind: 'going', text: `attempt ${data.attempt}` });
    } else if (answers[type] && bars.length && bars.at(-1).kind === 'going') {
      Object.assign(bars.at(-1), { to: millis(at), kind: answers[type],
        text: `${bars.at(-1).text}: ${type.slice(4).replaceAll('_', ' ')}` });
    }
  }
  if (!bars.length) return null;
  const [first] = bars;
  const tries = bars.length > 1 ? `${bars.length} attempts` : duration(first.to - first.from);
  return { name: 'Submit', words: tries, bars };
}

/** Queue until the provider reports progress or another word; then run, until the verdict. */
function provider(events, end) {
  const bars = { queue: [], run: [] };
  let [from, word, running] = [null, null, false];
  const stop = (at) => {
    if (from === null) return;
    const kind = running ? 'run' : 'queue';
    bars[kind].push({ from, to: at, kind, text: `${kind} ${duration(at - from)}` });
    from = null;
  };
  for (const { type, at: text, data } of events) {
    const at = millis(text);
    if (type === 'job.dispatched') [from, word, running] = [at, data.word ?? null, false];
    const moved = data.fraction > 0 || (data.word && word && data.word !== word);
    if (from !== null && !running && moved && data.reading !== 'unknown') {
      stop(at);
      [from, running] = [at, true];
    }
    word ??= data.word ?? null;
    if (type === 'job.step_succeeded') stop(at);
  }
  stop(end);
  const lane = (name, kind) => bars[kind].length && { name, bars: bars[kind],
    words: duration(bars[kind].reduce((sum, { from: a, to }) => sum + to - a, 0)) };
  return [lane('Queue', 'queue'), lane('Run', 'run')];
}

function polls(polled, events, end) {
  const begun = events.find(({ type }) => type === 'job.dispatched');
  if (!begun) return null;
  const heard = events.filter(({ type }) => type === 'job.polled' || type === 'job.notified')
    .map(({ at }) => millis(at)).filter((at) => at <= end);
  const moments = [millis(begun.at), ...heard, end];
  const pauses = moments.slice(1).map((at, index) => at - moments[index]);
  // With two pauses or one, the long one is no usual one: it may be all there is.
  const usual = pauses.length > 2
    ? [...pauses].sort((a, b) => a - b)[Math.floor(pauses.length / 2)] : 0;
  const gaps = pauses.map((pause, index) => ({ from: moments[index], to: moments[index + 1],
    kind: 'gap', text: `nothing heard for ${duration(pause)}`, pause }))
    .filter(({ pause }) => pause >= Math.max(SILENCE_MS, 3 * usual));
  const every = Math.ceil(polled.length / TICKS_DRAWN_MAX);
  const bad = ({ data }) => data.class !== 'ok';
  const ticks = polled.filter((event, index) => bad(event) || index % every === 0)
    .map((event) => ({ at: millis(event.at), kind: bad(event) ? 'care' : 'calm',
      text: [event.data.http_status ?? event.data.fault, event.data.word].join(' ') }));
  const silent = gaps.reduce((sum, { pause }) => sum + pause, 0);
  return { name: 'Polls', bars: gaps, ticks,
    words: count(polled.length) + (silent ? `, silent ${duration(silent)}` : '') };
}

function told(notified) {
  if (!notified.length) return null;
  return { name: 'Told', words: count(notified.length), ticks: notified.map(({ at, data }) =>
    ({ at: millis(at), kind: 'calm', text: `${data.channel} ${data.word ?? ''}` })) };
}

function saving(stores, now) {
  const begun = new Map();
  const bars = [];
  for (const { type, at, data } of stores) {
    if (type === 'job.storing') begun.set(data.output, millis(at));
    else if (begun.has(data.output)) {
      bars.push({ from: begun.get(data.output), to: millis(at), text: type.slice(4),
        kind: type === 'job.stored' ? 'good' : 'care' });
      begun.delete(data.output);
    }
  }
  for (const from of begun.values()) bars.push({ from, to: now, kind: 'going', text: 'storing' });
  if (!bars.length) return null;
  const [first, last] = [Math.min(...bars.map(({ from }) => from)),
    Math.max(...bars.map(({ to }) => to))];
  return { name: 'Download', words: duration(last - first), bars };
}

/** From the verdict until somebody outside had it. */
function client(seen, verdict, now) {
  if (!verdict && !seen.length) return null;
  const had = seen.find(({ type, data }) => type === 'job.delivered' || data.kind === 'seen');
  const from = verdict && millis(verdict.at);
  const bars = verdict ? [{ from, to: had ? Math.max(from, millis(had.at)) : now,
    kind: had ? 'good' : 'gap', text: had ? 'until delivered' : 'nobody confirmed it' }] : [];
  const ticks = seen.map(({ type, at, data }) => ({ at: millis(at),
    kind: type === 'job.delivered' || data.kind === 'seen' ? 'good' : 'care',
    text: type === 'job.delivered' ? 'delivered' : String(data.kind) }));
  const delay = had && from ? duration(Math.max(0, millis(had.at) - from)) : null;
  const words = had ? `seen ${delay ? `after ${delay}` : ''}` : (verdict ? 'not confirmed' : '');
  return { name: 'Client', words, bars, ticks };
}
