// Incidents: what the ledger diagnosed, by kind, with the positions that prove it.

import { get } from './api.js';
import { h, toAccount, toJob } from './dom.js';
import { ago, count, words } from './format.js';

const SHOWN_PER_KIND = 50;
const COMMANDS_PER_KIND = 3;

export async function incidentsView(page) {
  page.title('Incidents');
  const kind = page.query.get('kind') ?? undefined;
  const asked = { kind, since: page.query.get('since') ?? undefined, limit: 1000 };
  const { incidents, head } = await get('/v1/incidents', asked);
  page.foot(`head ${count(head)}`);
  const kinds = Map.groupBy ? Map.groupBy(incidents, ({ code }) => code) : grouped(incidents);
  const sections = [...kinds].sort((a, b) => b[1].length - a[1].length)
    .map(([code, all]) => section(code, all, kind));
  page.show(h('h1', {}, 'Incidents'),
    incidents.length ? null : h('p', { class: 'muted' },
      'None. Nothing in the books looks like a known incident.'),
    kind ? h('p', {}, h('a', { href: '#/incidents' }, 'All kinds')) : null, ...sections);
}

function grouped(incidents) {
  const kinds = new Map();
  for (const one of incidents) kinds.set(one.code, [...(kinds.get(one.code) ?? []), one]);
  return kinds;
}

function section(code, all, only) {
  const shown = only ? all : all.slice(0, SHOWN_PER_KIND);
  const query = `#/incidents?kind=${encodeURIComponent(code)}`;
  const commands = [...new Set(all.map((one) => form(one, all.length)))]
    .filter((command) => command).slice(0, COMMANDS_PER_KIND);
  return h('section', { class: 'kind' },
    h('div', { class: 'about' }, h('h2', {}, all[0].title ?? words(code), ' ',
      h('span', { class: 'muted' }, count(all.length))),
    all.length === 1 ? h('p', {}, all[0].what) : null,
    ...commands.map((command) => h('p', {}, h('code', {}, command))),
    h('p', { class: 'mono muted small' }, code)),
    h('ul', { class: 'plainlist' }, ...shown.map(line),
      shown.length < all.length
        ? h('li', {}, h('a', { href: query }, `All ${count(all.length)}`)) : null));
}

/** What to type; for several jobs its form, with JOB for the job's id. */
function form({ do: command, job }, jobs) {
  if (!command || jobs === 1 || !job) return command;
  return command.split(' ').map((word) => (word === job ? 'JOB' : word)).join(' ');
}

function line(one) {
  const evidence = (one.evidence ?? []).map((position) => h('a', {
    class: 'n', href: one.job ? `${toJob(one.job)}?as_of=${position}` : `#/board?as_of=${position}`,
    title: 'As of this position' }, count(position)));
  return h('li', { class: 'incident' },
    h('span', { class: 'cut' }, one.job
      ? h('a', { class: 'mono', href: toJob(one.job), title: one.what }, one.job)
      : one.provider ?? ''),
    h('span', { class: 'cut muted' }, one.account
      ? h('a', { href: toAccount(one.account) }, one.account) : ''),
    h('span', { class: 'muted' }, one.certainty ?? ''),
    h('span', { class: 'evidence' }, ...evidence.flatMap((link, index) =>
      index ? [', ', link] : [link])),
    h('span', { class: 'n muted' }, one.at ? ago(one.at) : ''));
}
