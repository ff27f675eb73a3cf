// How numbers, times and names are written.

const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

const known = (n) => typeof n === 'number' && Number.isFinite(n);

// scaled writes a number in three digits and a letter: 1.23M.
function scaled(n) {
  const sign = n < 0 ? '-' : '';
  n = Math.abs(n);
  for (const [limit, letter] of [[1e12, 'T'], [1e9, 'G'], [1e6, 'M'], [1e3, 'k']]) {
    if (n >= limit * 0.9995) return sign + digits(n / limit) + letter;
  }
  return sign + digits(n);
}

const digits = (n) => n >= 99.95 ? n.toFixed(0) : n >= 9.995 ? n.toFixed(1) : n.toFixed(2);

// count is a number of things: exact up to 99,999.
export const count = (n) => !known(n) ? '–' : Math.abs(n) < 1e5 ? grouped.format(n) : scaled(n);

// rate is a number of things per second, without its unit.
export const rate = (n) => !known(n) ? '–' : n === 0 ? '0' : n < 0.01 ? '<0.01' : n < 1e3 && Number.isInteger(n) ? String(n) : scaled(n);

// span splits milliseconds into number and unit.
export function span(ms) {
  if (!known(ms)) return ['–', ''];
  if (ms === 0) return ['0', 'ms'];
  if (ms < 1) return [ms < 0.01 ? '<0.01' : ms.toFixed(2), 'ms'];
  if (ms < 1000) return [digits(ms).replace(/\.0+$/, ''), 'ms'];
  if (ms < 60000) return [digits(ms / 1000), 's'];
  return [grouped.format(ms / 60000), 'min'];
}

export const ms = (n) => span(n).join(' ').trim();

// quantile is one of a distribution, unknown while nothing was measured.
export const quantile = (l, which) => l && l.count > 0 ? l[which] : undefined;

export const percent = (n) => !known(n) ? '–' : n > 0 && n < 0.01 ? '<1 %' : `${Math.round(n * 100)} %`;

export function bytes(n) {
  if (!known(n) || n === 0) return '–';
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let unit = 0;
  while (n >= 1024 && unit < units.length - 1) { n /= 1024; unit++; }
  return `${n >= 100 || unit === 0 ? n.toFixed(0) : n.toFixed(1)} ${units[unit]}`;
}

// age is how long something has been, in its two largest units.
export function age(seconds) {
  if (!known(seconds)) return '–';
  seconds = Math.max(0, Math.floor(seconds));
  const parts = [[86400, 'd'], [3600, 'h'], [60, 'min'], [1, 's']];
  const first = parts.findIndex(([size]) => seconds >= size);
  if (first < 0) return '0 s';
  const [size, unit] = parts[first];
  const whole = `${Math.floor(seconds / size)} ${unit}`;
  const next = parts[first + 1];
  const rest = next ? Math.floor((seconds % size) / next[0]) : 0;
  return rest > 0 ? `${whole} ${rest} ${next[1]}` : whole;
}

// moment reads a time; null for none (Go's zero time, too).
export function moment(value) {
  const at = new Date(value ?? NaN);
  return Number.isNaN(at.getTime()) || at.getFullYear() < 1971 ? null : at;
}

export function ago(value, now) {
  const at = moment(value);
  return at ? `${age((now - at) / 1000)} ago` : '–';
}

// clock is the time of day, to the millisecond.
export function clock(value) {
  const at = moment(value);
  if (!at) return '';
  const two = (n) => String(n).padStart(2, '0');
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}.${String(at.getMilliseconds()).padStart(3, '0')}`;
}

// What could make text look like something else: control characters, and those that turn the direction of what follows.
const deceptive = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

// clean makes a foreign text fit to be shown, in one way for all: what deceives is shown as a sign, what is too long is cut.
export function clean(value, most = 4000) {
  value = String(value ?? '');
  if (value.length > most) value = `${value.slice(0, most)}…`;
  return value.replace(deceptive, '\ufffd');
}

// name is a foreign name on one line.
export const name = (value, most = 120) => clean(value, most).replace(/\s+/g, ' ');

// plural is "1 task", "2 tasks".
export const plural = (n, one, many = `${one}s`) => `${count(n)} ${n === 1 ? one : many}`;
