// Board: how many, what needs a person, how the providers do, and every job.

import { get, Trouble } from './api.js';
import { h, notice, state, toAccount, toJob } from './dom.js';
import { ago, count, credits, isZero, percent, plain } from './format.js';
import { LongList } from './list.js';
import { liveLog } from './live.js';

const PAGE_JOBS = 200;
const NEEDS_YOU_MAX = 6;
const OPEN = ['submitted', 'dispatching', 'dispatched', 'running', 'storing', 'overdue',
  'uncertain', 'parked'];
const NEEDING = ['parked', 'uncertain', 'overdue'];
const FIGURES = [
  ['Open', OPEN], ['Running', ['running']], ['Needs you', NEEDING], ['Succeeded', ['succeeded']],
  ['Failed', ['failed']], ['Canceled, expired', ['canceled', 'expired']],
];

export async function boardView(page) {
  page.title('Board');
  const asOf = page.query.get('as_of') ?? undefined;
  const filter = Object.fromEntries(['state', 'account', 'provider', 'model']
    .map((name) => [name, page.query.get(name) ?? undefined]));
  const board = new Board(page, filter, asOf);
  await board.load().catch((error) => (board.close(), Promise.reject(error)));
  if (!asOf) board.follow();
  return board;
}

class Board {
  constructor(page, filter, asOf) {
    Object.assign(this, { page, filter, asOf, jobs: [], next: null });
    this.list = new LongList(row, { label: 'Jobs', more: () => this.more() });
    this.top = h('div');
    this.note = h('p', { class: 'muted', hidden: true });
    this.clock = setInterval(() => this.list.redraw(), 15_000);
  }

  close() {
    this.list.close();
    this.live?.close();
    clearInterval(this.clock);
  }

  async load() {
    await this.summarise();
    const first = await this.read({});
    Object.assign(this, { jobs: first.jobs, next: first.next, head: first.head });
    this.page.show(
      h('h1', { class: 'hidden' }, 'Board'), this.top, this.filters(),
      h('div', { class: 'heads jobs', 'aria-hidden': 'true' },
        ...['Job', 'State', 'Account', 'Provider', 'Done', 'Held', 'Updated']
          .map((name) => h('span', {}, name))),
      this.list.element, this.note);
    this.show();
  }

  read(more) {
    return get('/v1/jobs', { ...this.filter, as_of: this.asOf, limit: PAGE_JOBS, ...more });
  }

  show() {
    this.list.show(this.jobs);
    this.note.hidden = this.jobs.length > 0;
    const filtered = Object.values(this.filter).some((value) => value);
    this.note.textContent = filtered
      ? 'No job is like this.' : 'No jobs yet. The first one: ledger submit --help';
  }

  async more() {
    if (!this.next || this.loading) return;
    this.loading = true;
    const before = this.next;
    const page = await this.read({ before }).catch(() => null);
    this.loading = false;
    if (!page || before !== this.next) return;
    const known = new Set(this.jobs.map(({ job }) => job));
    this.jobs = [...this.jobs, ...page.jobs.filter(({ job }) => !known.has(job))];
    this.next = page.next;
    this.show();
  }

  async summarise() {
    const needing = { state: NEEDING.join(','), limit: NEEDS_YOU_MAX, as_of: this.asOf };
    const [summary, needy] = await Promise.all(
      [get('/v1/jobs', { summary: 'true', as_of: this.asOf }), get('/v1/jobs', needing)]);
    this.head ??= summary.head;
    this.page.foot(`head ${count(summary.head)}`);
    this.top.replaceChildren(
      figures(summary, this.filter),
      h('div', { class: 'pair' }, needsYou(summary, needy.jobs), providers(summary)));
  }

  follow() {
    const update = () => this.update();
    this.live = liveLog(this.head, update, (connection) => this.page.badge(connection));
  }

  /** What changed since: jobs in place, new ones on top. */
  async update() {
    try {
      const { state: _, ...everyState } = this.filter;
      const [changed] = await Promise.all([
        get('/v1/jobs', { ...everyState, after: this.head, limit: 1000 }), this.summarise()]);
      this.head = changed.head;
      const fresh = new Map(changed.jobs.map((job) => [job.job, job]));
      const wanted = this.filter.state?.split(',');
      const fits = (job) => !wanted || wanted.includes(job.state);
      const kept = this.jobs.map((job) => fresh.get(job.job) ?? job).filter(fits);
      for (const { job } of this.jobs) fresh.delete(job);
      this.jobs = [...[...fresh.values()].filter(fits), ...kept];
      this.show();
    } catch (error) {
      if (!(error instanceof Trouble) || error.status === 401) this.page.trouble(error);
      else throw error;
    }
  }

  filters() {
    const field = (name, label) => h('label', {}, label, h('input', {
      name, value: this.filter[name], maxlength: 128, autocomplete: 'off', spellcheck: 'false' }));
    const states = h('select', { name: 'state' }, ...[['', 'any'], [OPEN.join(','), 'open'],
      [NEEDING.join(','), 'needs you'], ...[...OPEN, 'succeeded', 'failed', 'canceled', 'expired']
        .map((name) => [name, name])].map(([value, text]) =>
      h('option', { value, selected: (this.filter.state ?? '') === value }, text)));
    const go = (event) => {
      event.preventDefault();
      const query = new URLSearchParams([...new FormData(form)].filter(([, value]) => value));
      if (this.asOf) query.set('as_of', this.asOf);
      location.hash = `#/board?${query}`;
    };
    const form = h('form', { class: 'filters', onsubmit: go, onchange: go, 'aria-label': 'Filter' },
      h('h2', {}, 'Jobs'), h('label', {}, 'State', states), field('account', 'Account'),
      field('provider', 'Provider'), h('button', { class: 'hidden' }, 'Filter'));
    return form;
  }
}

function figures(summary, filter) {
  const cell = (label, number, href, now) => h('a', {
    class: 'figure', href, 'aria-current': now ? 'true' : null },
  h('span', { class: 'number' }, number), h('span', { class: 'label' }, label));
  const states = FIGURES.map(([label, names]) => {
    const sum = names.reduce((total, name) => total + (summary.jobs[name] ?? 0), 0);
    const query = names.join(',');
    const element = cell(label, count(sum), `#/board?state=${query}`, filter.state === query);
    if (label === 'Needs you' && sum > 0) element.classList.add('care');
    return element;
  });
  const money = [['Credits held', summary.held], ['Captured', summary.captured]]
    .map(([label, text]) => h('div', { class: 'figure' },
      h('span', { class: 'number' }, credits(text)), h('span', { class: 'label' }, label)));
  return h('section', { class: 'figures', 'aria-label': 'Counts' }, ...states, ...money);
}

function needsYou(summary, jobs) {
  const lines = [
    ...(summary.poller?.active === false ? [h('li', {}, h('strong', {}, 'No poller is running. '),
      'Nothing is submitted or checked. ', h('code', {}, 'ledger poll'))] : []),
    ...summary.paused.map((pause) => h('li', {},
      h('span', { class: 'state care' }, 'paused'), ' ',
      [pause.provider, pause.account].filter((one) => one).join(', ') || 'every provider', ' ',
      h('span', { class: 'muted' }, pause.reason ?? '', ' · ', ago(pause.at)))),
    ...jobs.map((job) => h('li', {}, state(job.state), ' ',
      h('a', { class: 'mono', href: toJob(job.job) }, job.job), ' ',
      h('span', { class: 'muted' }, plain(job.waiting_for) ?? ''))),
  ];
  const all = NEEDING.reduce((sum, name) => sum + (summary.jobs[name] ?? 0), 0);
  if (all > jobs.length) {
    const href = `#/board?state=${NEEDING.join(',')}`;
    lines.push(h('li', {}, h('a', { href }, `All ${count(all)}`)));
  }
  const oldest = summary.oldest_hold;
  return h('section', {}, h('h2', {}, 'Needs you'),
    lines.length ? h('ul', { class: 'plainlist' }, ...lines)
      : h('p', { class: 'muted' }, 'Nothing. Every open job knows what it waits for.'),
    oldest ? h('p', { class: 'muted' }, 'Oldest hold: ', credits(oldest.held), ' for ',
      h('a', { class: 'mono', href: toJob(oldest.job) }, oldest.job), ', ',
      ago(oldest.submitted_at)) : null);
}

function providers(summary) {
  if (!summary.providers?.length) return h('section');
  const number = (text) => h('td', { class: 'n' }, text);
  return h('section', {}, h('h2', {}, 'Providers'), h('table', {},
    h('thead', {}, h('tr', {}, h('th', {}, 'Provider'), ...['Open', 'Succeeded', 'Failed']
      .map((name) => h('th', { class: 'n' }, name)))),
    h('tbody', {}, ...summary.providers.map((one) => h('tr', {},
      h('td', {}, h('a', { href: `#/board?provider=${encodeURIComponent(one.provider)}` },
        one.provider)),
      number(count(one.open)), number(count(one.succeeded)), number(count(one.failed)))))));
}

function row(job) {
  return h('a', { class: 'jobs row', href: toJob(job.job) },
    h('span', { class: 'mono cut' }, job.job), h('span', {}, state(job.state)),
    h('span', { class: 'cut' }, job.account),
    h('span', { class: 'cut muted' }, [job.provider, job.model].filter((one) => one).join(' · ')),
    h('span', { class: 'n' }, OPEN.includes(job.state) ? percent(job.progress) : ''),
    h('span', { class: 'n' }, isZero(job.held) ? '' : credits(job.held)),
    h('span', { class: 'n muted' }, ago(job.updated_at)));
}
