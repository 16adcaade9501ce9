// Accounts, and one account: its balance, its buckets, every movement with the balance after it.

import { accountPath, get } from './api.js';
import { fact, h, toAccount, toJob } from './dom.js';
import { count, credits, csvCell, date, isZero, time } from './format.js';
import { LongList } from './list.js';
import { liveLog } from './live.js';

const COLUMNS = ['position', 'at', 'type', 'job', 'amount', 'available_change', 'held_change',
  'available', 'held', 'reason'];

export async function accountsView(page) {
  page.title('Accounts');
  const { accounts } = await get('/v1/accounts');
  const list = new LongList((one) => h('a', { class: 'accounts row', href: toAccount(one.account) },
    h('span', { class: 'cut' }, one.account), h('span', { class: 'n' }, credits(one.available)),
    h('span', { class: 'n muted' }, isZero(one.held) ? '' : credits(one.held)),
    h('span', { class: 'n muted' }, credits(one.captured))), { label: 'Accounts' });
  page.show(h('h1', {}, 'Accounts'),
    accounts.length
      ? h('div', { class: 'heads accounts', 'aria-hidden': 'true' },
        ...['Account', 'Available', 'Held', 'Captured'].map((name) => h('span', {}, name)))
      : h('p', { class: 'muted' }, 'No accounts yet. The first one: ',
        h('code', {}, 'ledger grant ACCOUNT CREDITS')),
    list.element);
  list.show(accounts);
  return list;
}

export async function accountView(page) {
  page.title(page.id);
  const asOf = page.query.get('as_of') ?? undefined;
  const period = { since: page.query.get('since') ?? '', until: page.query.get('until') ?? '' };
  const read = () => Promise.all([get(accountPath(page.id), { as_of: asOf }),
    get(`${accountPath(page.id)}/statement`, { ...period, as_of: asOf })]);
  let [account, { lines }] = await read();
  const list = new LongList(line, { label: 'Statement' });
  const top = h('div');
  const draw = () => {
    top.replaceChildren(...summary(account));
    list.show(lines.filter(({ entry }) => entry === 'movement').reverse());
    page.foot(`as of position ${count(account.as_of)}`);
  };
  const none = h('p', { class: 'muted' }, 'No movements in this period.');
  page.show(
    h('div', { class: 'title' }, h('h1', { class: 'break' }, page.id),
      h('div', { class: 'acts' }, h('button', { onclick: () => save(page.id, lines) },
        'Download CSV'))),
    top, periodForm(page, period, asOf),
    h('div', { class: 'heads lines', 'aria-hidden': 'true' },
      ...['Position', 'Time', 'What', 'For', 'Available', 'Held', 'Balance']
        .map((name) => h('span', {}, name))),
    list.element, lines.length > 2 ? '' : none);
  draw();
  const update = async () => {
    [account, { lines }] = await read();
    draw();
  };
  const live = asOf ? null : liveLog(account.as_of, update, page.badge);
  return { close: () => (list.close(), live?.close()) };
}

function summary(account) {
  const small = ['held', 'captured', 'granted', 'refunded', 'expired', 'adjusted']
    .filter((name) => name === 'held' || !isZero(account[name]));
  const figure = (name, big) => h('div', { class: `figure ${big ? 'big' : ''}` },
    h('span', { class: 'number' }, credits(account[name])), h('span', { class: 'label' },
      big ? `${account.unit} available` : name));
  const limit = isZero(account.limit)
    ? null : fact('Limit', `${credits(account.limit)} below zero`);
  const buckets = account.buckets.filter((bucket) => !isZero(bucket.available));
  return [
    h('section', { class: 'figures', 'aria-label': 'Balance' }, figure('available', true),
      ...small.map((name) => figure(name))),
    h('dl', {}, limit, fact('Opened', date(account.opened_at)),
      buckets.length > 1 ? fact('Drawn in this order', buckets.map((bucket) => h('div', {},
        credits(bucket.available), h('span', { class: 'muted' },
        ` given at ${count(bucket.bucket)}`, bucket.expires_at
          ? `, until ${date(bucket.expires_at)}` : ', without end')))) : null)];
}

function line(one) {
  const change = (text) => (isZero(text) ? '' : (text.startsWith('-') ? '' : '+') + credits(text));
  return h(one.job ? 'a' : 'div', { class: 'lines row', href: one.job && toJob(one.job),
    tabindex: '0' },
  h('span', { class: 'n muted' }, count(one.position)),
  h('span', { class: 'n muted' }, time(one.at)), h('span', {}, one.type.replace('credit.', '')),
  h('span', { class: 'cut' }, one.job ? h('span', { class: 'mono' }, one.job) : one.reason ?? ''),
  h('span', { class: 'n' }, change(one.available_change)),
  h('span', { class: 'n muted' }, change(one.held_change)),
  h('span', { class: 'n strong' }, credits(one.available)));
}

function periodForm(page, period, asOf) {
  const field = (name, label) => h('label', {}, label,
    h('input', { name, type: 'date', value: period[name] }));
  const go = (event) => {
    event.preventDefault();
    const query = new URLSearchParams([...new FormData(form)].filter(([, value]) => value));
    if (asOf) query.set('as_of', asOf);
    location.hash = `${toAccount(page.id)}?${query}`;
  };
  const form = h('form', { class: 'filters', onsubmit: go, onchange: go, 'aria-label': 'Period' },
    h('h2', {}, 'Statement'), field('since', 'From'), field('until', 'Until'),
    h('button', { class: 'hidden' }, 'Show'));
  return form;
}

/** The statement as it was read, opening and closing lines too, for a spreadsheet. */
function save(account, lines) {
  const rows = [['entry', ...COLUMNS], ...lines.map((one) =>
    [one.entry, ...COLUMNS.map((name) => one[name])])];
  const text = rows.map((row) => row.map(csvCell).join(',')).join('\r\n') + '\r\n';
  const url = URL.createObjectURL(new Blob([text], { type: 'text/csv' }));
  const name = `statement-${account.replace(/[^A-Za-z0-9._-]/g, '_')}.csv`;
  h('a', { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
