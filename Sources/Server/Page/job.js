// Job: where it stands, where the time went, what it cost, every event.

import { follow } from '/client.js';
import { get, jobPath, post } from './api.js';
import { fact, h, notice, outside, state, toAccount, toJob } from './dom.js';
import { count, credits, date, duration, isZero, millis, percent, plain, time, words }
  from './format.js';
import { LongList } from './list.js';
import { eventWords, strip } from './story.js';
import { waterfall } from './waterfall.js';

const EVENTS_MAX = 20_000;
const LIVE_LINES_MAX = 200;
const ENDED = ['succeeded', 'failed', 'canceled', 'expired'];

export async function jobView(page) {
  page.title(page.id);
  const view = new JobView(page);
  return view.load().then(() => view, (error) => (view.close(), Promise.reject(error)));
}

class JobView {
  constructor(page) {
    Object.assign(this, { page, job: page.id, events: [], lines: [], explained: null });
    this.asOf = page.query.get('as_of') ?? undefined;
    this.list = new LongList((event) => this.row(event), { label: 'Events', kind: 'events' });
    for (const part of ['head', 'strip', 'facts', 'why', 'chart', 'log', 'eventsHead']) {
      this[`${part}Part`] = h('div', { class: `${part}Part` });
    }
    this.clock = setInterval(() => this.ended() || this.draw(), 1000);
  }

  close() {
    clearInterval(this.clock);
    this.list.close();
    this.following?.close();
  }

  ended() {
    return Boolean(this.asOf) || ENDED.includes(this.status.state);
  }

  async load() {
    this.status = await get(jobPath(this.job), { as_of: this.asOf });
    await this.readEvents();
    this.explained = await this.explain();
    this.page.show(this.headPart, this.stripPart, this.factsPart, this.whyPart, this.chartPart,
      this.logPart, this.eventsHeadPart, this.list.element);
    this.draw();
    if (this.asOf) return;
    const last = this.events.at(-1)?.position ?? 0;
    this.following = follow(this.job, {
      after: last, deliver: false, report: false, // an onlooker is not the customer
      onEvent: (event) => this.add(event), onProgress: (status) => this.change(status),
      onLive: (line) => this.hear(line), onProblem: ({ kind }) => this.trouble(kind),
      onConnection: (connection) => this.page.badge(connection),
      onDone: (status) => this.page.announce(`Job ${this.job} ${status.state}`),
    });
  }

  async readEvents() {
    for (let after = 0; this.events.length < EVENTS_MAX; ) {
      const page = await get(`${jobPath(this.job)}/events`, { after, limit: 1000 });
      const until = this.asOf ? this.status.position : Infinity;
      this.events.push(...page.events.filter(({ position }) => position <= until));
      const last = page.events.at(-1)?.position;
      if (!last || last >= until || page.events.length < 1000) return;
      after = last;
    }
  }

  explain() {
    return this.asOf ? null : get(`${jobPath(this.job)}/explain`).catch(() => null);
  }

  add(event) {
    this.events.push(event);
    this.soon();
  }

  change(status) {
    const before = this.status.state;
    this.status = status;
    this.soon();
    if (before === status.state) return;
    this.explain()?.then((explained) => ((this.explained = explained), this.soon()));
  }

  trouble(kind) {
    if (kind === 'not_allowed') this.page.trouble({ status: 401 });
  }

  hear(line) {
    this.lines.push(line);
    if (this.lines.length > LIVE_LINES_MAX) this.lines.shift();
    this.drawLog();
  }

  /** Many events come in one group: draw once a frame. */
  soon() {
    this.due ??= requestAnimationFrame(() => {
      this.due = undefined;
      this.draw();
    });
  }

  draw() {
    const { status, events } = this;
    this.drawHead();
    this.stripPart.replaceChildren(strip(events, status));
    this.once(this.factsPart, status, () => facts(status));
    this.once(this.whyPart, this.explained ?? status, () => why(this.explained, status) ?? '');
    this.chartPart.replaceChildren(waterfall(events, status, this.ended()));
    this.eventsHeadPart.replaceChildren(h('h2', {}, 'Events ',
      h('span', { class: 'muted' }, count(events.length))));
    this.list.show(events);
    this.page.foot(`position ${count(status.position)}`);
  }

  /** Draws a part when its source changed: what has the focus or is selected stays. */
  once(part, source, make) {
    if (part.source === source) return;
    part.source = source;
    part.replaceChildren(make());
  }

  drawHead() {
    const { status } = this;
    const key = [status.state, this.ended(), this.said].join();
    if (this.drawnHead === key) return; // keeps the focus on its buttons
    this.drawnHead = key;
    const model = [status.provider, status.model].filter((one) => one).join(' · ');
    const buttons = this.ended() ? [] : [
      h('button', { class: 'strong', onclick: () => this.act('check', 'Asked to look now') },
        'Check now'),
      h('button', { onclick: () => this.confirmCancel() }, 'Cancel job')];
    this.headPart.replaceChildren(
      h('div', { class: 'title' },
        h('div', {}, h('h1', { class: 'mono break' }, this.job),
          h('p', { class: 'muted' }, model, ' · ',
            h('a', { href: toAccount(status.account) }, status.account))),
        h('div', { class: 'acts' }, state(status.state), ...buttons)),
      this.said ? h('p', { class: 'said', role: 'status' }, this.said) : '');
  }

  async act(verb, done) {
    this.said = await post(`${jobPath(this.job)}/${verb}`).then(() => `${done}.`, (error) =>
      `${error.title}. ${error.detail ?? ''} ${error.command ? `Try: ${error.command}` : ''}`);
    this.drawHead();
  }

  confirmCancel() {
    const dialog = ask('Cancel this job?',
      'The provider is asked, and its word decides. Work already done may be charged.',
      'Cancel job', () => this.act('cancel', 'Cancel requested; the provider decides'));
    dialog.showModal();
  }

  drawLog() {
    const box = this.logPart.querySelector('pre') ?? h('pre', { class: 'live', tabindex: '0' });
    const atEnd = box.scrollTop + box.clientHeight >= box.scrollHeight - 8;
    box.textContent = this.lines.map(({ text }) => text).join('\n');
    if (!box.isConnected) this.logPart.replaceChildren(h('h2', {}, 'Live from the provider'), box);
    if (atEnd) box.scrollTop = box.scrollHeight;
  }

  row(event) {
    const since = millis(event.at) - millis(this.events[0].at);
    return h('button', { class: 'events row', type: 'button', onclick: () => showEvent(event) },
      h('span', { class: 'n muted' }, count(event.position)),
      h('span', { class: 'n', title: time(event.at) }, `+${duration(since)}`),
      h('span', { class: `mono cut ${event.type.split('.')[0]}` }, event.type),
      h('span', { class: 'cut muted' }, eventWords(event)));
  }
}

function ask(title, text, yes, act) {
  const dialog = h('dialog', { onclose: () => dialog.remove(), 'aria-label': title },
    h('h2', {}, title), h('p', {}, text), h('p', { class: 'acts' },
      h('button', { onclick: () => dialog.close() }, 'Keep it'),
      h('button', { class: 'danger', onclick: () => (dialog.close(), act()) }, yes)));
  document.body.append(dialog);
  return dialog;
}

function showEvent(event) {
  const dialog = h('dialog', { class: 'wide', onclose: () => dialog.remove(),
    'aria-label': `Event ${event.position}` },
  h('div', { class: 'title' }, h('h2', {}, h('span', { class: 'mono' }, event.type),
    ` at ${count(event.position)}`),
  h('button', { onclick: () => dialog.close() }, 'Close')),
  h('p', { class: 'muted' }, event.at, ' · ', event.actor, event.by ? ` · ${event.by}` : '',
    event.job ? [' · ', h('a', { href: `${toJob(event.job)}?as_of=${event.position}`,
      onclick: () => dialog.close() }, 'the job as of here')] : null),
  h('pre', { tabindex: '0' }, JSON.stringify(event, null, 2)));
  document.body.append(dialog);
  dialog.showModal();
}

function facts(status) {
  const money = [['held', status.held], ['captured', status.captured],
    ['released', status.released], ['refunded', status.refunded]]
    .filter(([, amount]) => !isZero(amount))
    .map(([name, amount]) => `${credits(amount)} ${name}`).join(', ') || '0';
  const open = !ENDED.includes(status.state);
  const bar = open && status.progress !== null && h('progress', {
    max: 1, value: status.progress, 'aria-label': 'Progress' });
  const outputs = status.outputs.map((output) => h('div', {},
    output.url ? outside(output.url) : h('span', { class: 'muted' }, 'erased'),
    output.media_type ? h('span', { class: 'muted' }, ` ${output.media_type}`) : null,
    output.stored ? h('span', { class: 'muted' },
      ` · saved, ${count(output.stored.bytes)} bytes`) : null));
  return h('dl', {},
    bar ? fact('Progress', bar, ' ', percent(status.progress),
      status.stage ? h('span', { class: 'muted' }, ` ${status.stage}`) : null) : null,
    open ? fact('Waiting for', plain(status.waiting_for)) : null,
    status.error ? fact('Error', h('strong', {}, status.error.class), ' ',
      status.error.message ?? '') : null,
    outputs.length ? fact(outputs.length > 1 ? 'Outputs' : 'Output', outputs) : null,
    fact('Credits', money),
    fact('Submitted', `${date(status.submitted_at)}, ${time(status.submitted_at).slice(-8)} UTC`),
    fact('Polls', count(status.polls), status.next_poll_at && open
      ? h('span', { class: 'muted' }, ` next ${time(status.next_poll_at)}`) : null),
    fact('Provider’s id', status.external_id
      ? h('span', { class: 'mono break' }, status.external_id) : null),
    status.meta && Object.keys(status.meta).length ? fact('Meta', h('span', { class: 'break' },
      Object.entries(status.meta).map(([key, value]) =>
        `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`).join('  '))) : null);
}

function why(explained, status) {
  const found = explained?.diagnoses ?? status.diagnoses.map((code) => ({ code }));
  if (!explained?.saw && !found.length) return null;
  const told = found.some((one) => one.do === explained?.do);
  return h('section', { class: 'why' }, h('h2', {}, 'What happened'),
    h('dl', {}, fact('The user saw', explained?.saw), fact('It happened', explained?.happened),
      fact('Money', explained?.money),
      fact('To do', explained?.do && !told ? h('code', {}, explained.do) : null)),
    h('div', { class: 'found' }, ...found.map((one) => diagnosed(one, status.job))));
}

/** A diagnosis, with a link to the job as it was at each event that proves it. */
function diagnosed({ code, certainty, evidence = [], title, what, do: command }, job) {
  const proof = evidence.flatMap((position, index) => [index ? ', ' : ' · at ',
    h('a', { class: 'n', href: `${toJob(job)}?as_of=${position}` }, count(position))]);
  return notice(title ?? words(code), what ?? '', null,
    command ? h('p', {}, h('code', {}, command)) : null,
    h('p', { class: 'muted small' }, h('span', { class: 'mono' }, code),
      certainty ? ` · ${certainty}` : '', ...proof));
}
