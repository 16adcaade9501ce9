// Elements. Text becomes text nodes, here and nowhere else: no word of a provider is ever markup.

/** An element: `h('a', { href, class: 'x', onclick }, 'text', child)`. */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (name === 'style') for (const [key, to] of Object.entries(value)) {
      element.style.setProperty(key, to);
    }
    else element.setAttribute(name, value === true ? '' : String(value));
  }
  element.append(...children.flat(2).filter((child) => child !== null && child !== undefined));
  return element;
}

export const byId = (id) => document.getElementById(id);

/** Replaces what an element holds. */
export function fill(element, ...children) {
  element.replaceChildren(...children.flat(2).filter((child) => child ?? false));
  return element;
}

/** Tells a screen reader, seldom: verdicts and lost connections, never progress. */
export function announce(text) {
  byId('announce').textContent = text;
}

/** A link of a provider's making: http(s) only, opened without a way back to this page. */
export function outside(url) {
  const safe = URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
  if (!safe) return h('span', { class: 'mono break' }, String(url));
  const guard = { target: '_blank', rel: 'noopener noreferrer' };
  return h('a', { href: new URL(url).href, class: 'mono break', ...guard }, url);
}

export const toJob = (job) => `#/job/${encodeURIComponent(job)}`;
export const toAccount = (account) => `#/account/${encodeURIComponent(account)}`;

/** A term and its value, for `dl`. */
export function fact(term, ...value) {
  return value.some((one) => one ?? false)
    ? h('div', { class: 'fact' }, h('dt', {}, term), h('dd', {}, ...value)) : null;
}

export function state(name) {
  return h('span', { class: `state ${STATES[name] ?? ''}` }, name);
}

const STATES = {
  __proto__: null,
  dispatching: 'going', dispatched: 'going', running: 'going', storing: 'going',
  overdue: 'care', uncertain: 'care', parked: 'care',
  succeeded: 'good', failed: 'bad', canceled: 'spent', expired: 'spent', submitted: 'calm',
};

/** What is shown where there is nothing, or trouble: what, why, and the next command. */
export function notice(title, detail, command, ...more) {
  return h('section', { class: 'notice' },
    h('h2', {}, title), detail ? h('p', {}, detail) : null,
    command ? h('p', {}, h('code', {}, command)) : null, ...more);
}
