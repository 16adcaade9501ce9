// Numbers, times and words as people read them. Times are UTC, as everywhere in the ledger.

const clock = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'UTC', hour: '2-digit', minute: '2-digit', second: '2-digit' });
const day = new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', day: 'numeric', month: 'short' });
const dayAndYear = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'UTC', day: 'numeric', month: 'short', year: 'numeric' });

export const millis = (time) => (time ? Date.parse(time) : NaN);

/** 14:03:22, with the date where it is not today. */
export function time(text) {
  const at = new Date(text);
  if (Number.isNaN(at.getTime())) return '–';
  const today = at.toISOString().slice(0, 10) === new Date().toISOString().slice(0, 10);
  return today ? clock.format(at) : `${date(text)} ${clock.format(at)}`;
}

export function date(text) {
  const at = new Date(text);
  const thisYear = at.getUTCFullYear() === new Date().getUTCFullYear();
  return (thisYear ? day : dayAndYear).format(at);
}

/** 240 ms, 3.2 s, 4 min 10 s, 2 h 5 min, 3 d 4 h */
export function duration(ms) {
  if (!Number.isFinite(ms)) return '–';
  if (ms < 1000) return `${Math.max(0, Math.round(ms))} ms`;
  const s = Math.floor(ms / 1000);
  if (s < 10) return `${(ms / 1000).toFixed(1).replace('.0', '')} s`;
  const [first, second] = [[86400, 'd', 3600, 'h'], [3600, 'h', 60, 'min'], [60, 'min', 1, 's']]
    .filter(([unit]) => s >= unit)
    .map(([unit, name, lower, small]) =>
      [`${Math.floor(s / unit)} ${name}`, [Math.floor((s % unit) / lower), small]])[0]
    ?? [`${s} s`, [0]];
  return second[0] ? `${first} ${second[0]} ${second[1]}` : first;
}

/** A sentence of the ledger, its RFC 3339 times as people write them. */
export function plain(text) {
  return text?.replace(/\b\d{4}-\d\d-\d\dT[\d:.]+Z/g, (one) => time(one)) ?? null;
}

/** now, 12 s ago, 3 min ago, 5 h ago, 14 Nov */
export function ago(text) {
  const ms = Date.now() - millis(text);
  if (!Number.isFinite(ms)) return '–';
  if (ms < 2000) return 'now';
  if (ms < 60_000) return `${Math.floor(ms / 1000)} s ago`;
  if (ms < 3600_000) return `${Math.floor(ms / 60_000)} min ago`;
  if (ms < 86_400_000) return `${Math.floor(ms / 3600_000)} h ago`;
  return date(text);
}

/** An exact decimal string with groups of three; never through a floating-point number. */
export function credits(text) {
  if (text === null || text === undefined) return '';
  const [, sign, whole, part] = /^(-?)(\d+)((?:\.\d+)?)$/.exec(text) ?? [];
  if (whole === undefined) return String(text);
  return (sign ? '−' : '') + whole.replace(/\B(?=(\d{3})+$)/g, ',') + part;
}

export const isZero = (text) => /^-?0+(\.0+)?$/.test(text ?? '0');
export const count = (number) => credits(String(number ?? 0));
export const percent = (share) => (share === null ? '' : `${Math.floor(share * 100)} %`);
export const words = (code) => String(code).toLowerCase().replaceAll('_', ' ');

/** A cell of CSV (RFC 4180) that no spreadsheet takes for a formula. */
export function csvCell(value) {
  const text = value === null || value === undefined ? '' : String(value);
  const safe = /^[=+\-@\t\r]/.test(text) && !/^-?\d+(\.\d+)?$/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
