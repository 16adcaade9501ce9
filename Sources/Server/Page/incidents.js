// Incidents: what the ledger diagnosed, by kind, with the positions that prove it.

import { get } from './api.js';
import { diagnosis } from './diagnoses.js';
import { h, toAccount, toJob } from './dom.js';
import { ago, count } from './format.js';

const SHOWN_PER_KIND = 50;

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
  const { title, text, command } = diagnosis(code);
  const shown = only ? all : all.slice(0, SHOWN_PER_KIND);
  const query = `#/incidents?kind=${encodeURIComponent(code)}`;
  return h('section', { class: 'kind' },
    h('div', { class: 'about' }, h('h2', {}, title, ' ',
      h('span', { class: 'muted' }, count(all.length))),
    h('p', {}, text), command ? h('p', {}, h('code', {}, command)) : null,
    h('p', { class: 'mono muted small' }, code)),
    h('ul', { class: 'plainlist' }, ...shown.map(line),
      shown.length < all.length
        ? h('li', {}, h('a', { href: query }, `All ${count(all.length)}`)) : null));
}

function line(one) {
  const evidence = (one.evidence ?? []).map((position) => h('a', {
    class: 'n', href: one.job ? `${toJob(one.job)}?as_of=${position}` : `#/board?as_of=${position}`,
    title: 'As of this position' }, count(position)));
  return h('li', { class: 'incident' },
    h('span', { class: 'cut' }, one.job
      ? h('a', { class: 'mono', href: toJob(one.job) }, one.job) : one.provider ?? ''),
    h('span', { class: 'cut muted' }, one.account
      ? h('a', { href: toAccount(one.account) }, one.account) : ''),
    h('span', { class: 'muted' }, one.certainty ?? ''),
    h('span', { class: 'evidence' }, ...evidence.flatMap((link, index) =>
      index ? [', ', link] : [link])),
    h('span', { class: 'n muted' }, one.at ? ago(one.at) : ''));
}
