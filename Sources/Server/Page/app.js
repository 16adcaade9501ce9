// The page: routes, the frame around the views, signing in, the badge and the theme.

import { get, leave, post } from './api.js';
import { accountsView, accountView } from './account.js';
import { boardView } from './board.js';
import { announce, byId, fill, h, notice, toAccount, toJob } from './dom.js';
import { incidentsView } from './incidents.js';
import { jobView } from './job.js';

const VIEWS = {
  __proto__: null,
  board: boardView, job: jobView, account: accountView, accounts: accountsView,
  incidents: incidentsView,
};
let current = { close() {} };
let turn = 0;

/** `#/job/ID?as_of=1200` → what to show. */
function route() {
  const [path, query] = location.hash.replace(/^#\/?/, '').split('?');
  const [view, ...rest] = path.split('/');
  let id = '';
  try {
    id = decodeURIComponent(rest.join('/'));
  } catch {
    id = rest.join('/');
  }
  return { view: VIEWS[view] ? view : 'board', id, query: new URLSearchParams(query ?? '') };
}

async function show({ focus = true } = {}) {
  const mine = (turn += 1);
  const { view, id, query } = route();
  current.close();
  current = { close() {} };
  frame(view, query);
  const page = {
    id, query, badge, announce, show: (...children) => mine === turn && fill(main, ...children),
    title: (text) => (document.title = `${text} · ledger`),
    foot: (text) => (foot.textContent = text),
    trouble: (error) => mine === turn && troubled(error),
  };
  main.setAttribute('aria-busy', 'true');
  try {
    const opened = await VIEWS[view](page);
    if (mine !== turn) return opened?.close?.();
    current = opened ?? current;
  } catch (error) {
    page.trouble(error);
  }
  if (mine !== turn) return;
  main.removeAttribute('aria-busy');
  if (focus) main.focus({ preventScroll: true });
  scrollTo(0, 0);
}

const [main, foot] = [byId('main'), byId('foot')];

function frame(view, query) {
  const section = { job: 'board', account: 'accounts' }[view] ?? view;
  for (const link of document.querySelectorAll('nav a')) {
    const here = link.getAttribute('href') === `#/${section}`;
    here ? link.setAttribute('aria-current', 'page') : link.removeAttribute('aria-current');
  }
  const asOf = query.get('as_of');
  badge(asOf ? 'past' : null, asOf ? `As of ${asOf}` : '');
}

const BADGES = {
  connecting: 'Connecting', live: 'Live', polling: 'Polling', reconnecting: 'Reconnecting',
  offline: 'Offline', ended: 'Ended',
};

/** Says how fresh this is. */
function badge(kind, text = BADGES[kind]) {
  const element = byId('badge');
  element.hidden = !kind || kind === 'ended';
  element.className = `badge ${kind ?? ''}`;
  if (element.textContent !== text) element.textContent = text ?? '';
  if (kind === 'reconnecting' || kind === 'offline') announce('Connection lost, trying again');
}

function troubled(error) {
  badge(null);
  if (error.status === 401) return signIn();
  if (error.status === undefined) reportError(error);
  const again = h('p', {}, h('button', { onclick: () => show() }, 'Try again'));
  document.title = `${error.title ?? 'Trouble'} · ledger`;
  const title = error.title ?? 'This page made a mistake';
  const text = error.detail ?? (error.status === undefined ? String(error) : null);
  fill(main, notice(title, text, error.command, again));
  announce(title);
}

function signIn(message) {
  document.title = 'Sign in · ledger';
  const field = h('input', {
    id: 'token', type: 'password', autocomplete: 'current-password', required: true,
    maxlength: 512, spellcheck: 'false', 'aria-describedby': 'token-help' });
  const enter = async (event) => {
    event.preventDefault();
    try {
      await post('/v1/sessions', { token: field.value.trim() });
      localStorage.setItem('signed-in', 'yes'); // only to offer Sign out; the cookie is hidden
      byId('leave').hidden = false;
      show();
    } catch (error) {
      signIn(error.status === 0 ? error.title : 'This token is not known, or was revoked.');
    }
  };
  fill(main, h('form', { class: 'notice', onsubmit: enter, 'aria-label': 'Sign in' },
    h('h1', {}, 'Sign in'),
    h('label', { for: 'token' }, 'Token'), field,
    h('p', { id: 'token-help', class: 'muted' }, 'Made by ',
      h('code', {}, 'ledger token create --scope jobs:read,operate')),
    message ? h('p', { class: 'wrong', role: 'alert' }, message) : null,
    h('p', {}, h('button', { class: 'strong' }, 'Sign in'))));
  field.focus();
}

function themes() {
  const button = byId('theme');
  const names = ['auto', 'light', 'dark'];
  const draw = () => {
    const now = document.documentElement.dataset.theme ?? 'auto';
    button.textContent = { auto: 'Auto', light: 'Light', dark: 'Dark' }[now];
    button.setAttribute('aria-label', `Theme: ${now}`);
    return now;
  };
  button.addEventListener('click', () => {
    const next = names[(names.indexOf(draw()) + 1) % names.length];
    if (next === 'auto') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = next;
    localStorage.setItem('theme', next);
    draw();
  });
  draw();
}

byId('go').addEventListener('submit', async (event) => {
  event.preventDefault();
  const text = byId('go-text').value.trim();
  if (!text) return;
  const account = await get(`/v1/jobs/${encodeURIComponent(text)}`)
    .then(() => false, () => get(`/v1/accounts/${encodeURIComponent(text)}`).then(() => true))
    .catch(() => false);
  location.hash = account ? toAccount(text) : toJob(text);
});
byId('leave').addEventListener('click', async () => {
  await leave().catch(() => {});
  localStorage.removeItem('signed-in');
  byId('leave').hidden = true;
  show();
});
document.querySelector('.skip').addEventListener('click', (event) => {
  event.preventDefault(); // the hash is the route
  main.focus();
});
addEventListener('hashchange', () => show());
byId('leave').hidden = !localStorage.getItem('signed-in');
themes();
show({ focus: false });
