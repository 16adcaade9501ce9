// A job's events in words, and its states in order.

import { h } from './dom.js';
import { credits, duration, millis, time, words } from './format.js';

/** Which state an event leads to (schemas/automaton.json), where the event alone says it. */
const LEADS_TO = {
  __proto__: null,
  'job.submitted': 'submitted', 'job.dispatch_started': 'dispatching',
  'job.dispatched': 'dispatched', 'job.dispatch_uncertain': 'uncertain',
  'job.overdue': 'overdue', 'job.parked': 'parked', 'job.storing': 'storing',
  'job.succeeded': 'succeeded', 'job.failed': 'failed', 'job.canceled': 'canceled',
  'job.expired': 'expired', 'job.recovered': 'succeeded', 'job.step_succeeded': 'submitted',
};

/** The states a job went through: [{state, at, until}] */
export function states(events, status) {
  const found = [];
  const enter = (name, at) => {
    if (found.at(-1)?.state === name) return;
    if (found.length) found.at(-1).until = at;
    found.push({ state: name, at, until: null });
  };
  for (const event of events) {
    const now = found.at(-1)?.state;
    const { type, data } = event;
    if (type === 'job.dispatch_refused' && data.retry) enter('submitted', event.at);
    else if (type === 'job.storing' && now === 'succeeded') continue;
    else if (LEADS_TO[type]) enter(LEADS_TO[type], event.at);
    else if (now === 'dispatched' && data.reading === 'pending') enter('running', event.at);
    else if (now === 'parked' && type === 'job.unparked') enter('running', event.at);
  }
  if (found.length && found.at(-1).state !== status.state) enter(status.state, status.updated_at);
  return found;
}

/** The strip of states, with how long each one took. */
export function strip(events, status) {
  const list = states(events, status);
  const stay = ({ at, until }, last) => {
    if (until) return duration(millis(until) - millis(at));
    return last ? '' : duration(Date.now() - millis(at));
  };
  const final = ['succeeded', 'failed', 'canceled', 'expired'];
  return h('ol', { class: 'states', 'aria-label': 'States' }, ...list.map((one, index) => {
    const now = index === list.length - 1;
    return h('li', { class: `stay ${one.state}`, 'aria-current': now ? 'step' : null },
      h('span', { class: 'name' }, one.state),
      h('span', { class: 'muted n' }, time(one.at)),
      h('span', { class: 'n' }, stay(one, final.includes(one.state))));
  }));
}

const ORDER = ['provider', 'model', 'amount', 'attempt', 'http_status', 'word', 'class', 'fault',
  'reading', 'request', 'fraction', 'stage', 'queue_place', 'external_id', 'kind', 'channel',
  'consumer', 'reason', 'message', 'as', 'latency_ms', 'patience_ms', 'bytes', 'store'];

/** An event's gist in one line. */
export function eventWords({ type, data: all }) {
  const { provider, model, ...rest } = all;
  const data = type === 'job.submitted' ? all : rest;
  const say = {
    amount: credits, attempt: (n) => `attempt ${n}`, http_status: (n) => `HTTP ${n}`,
    fraction: (n) => `${Math.floor(n / 10_000)} %`, latency_ms: (n) => `${n} ms`,
    patience_ms: (n) => `patience ${duration(n)}`, queue_place: (n) => `place ${n}`,
    bytes: (n) => `${n} bytes`,
    class: (text) => (text === 'ok' ? null : words(text)),
    reading: (text) => (text === 'unknown' ? 'unknown' : null),
  };
  return ORDER.filter((name) => data[name] !== undefined && data[name] !== null)
    .map((name) => (say[name] ? say[name](data[name]) : String(data[name])))
    .filter((text) => text).join(', ');
}
