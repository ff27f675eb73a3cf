// What the server is asked for. A token is asked of the user once it is wanted, and kept for this tab only.
import { askToken } from './dialogs/token.js';

// Failure is an answer that is none: kind and message as the server says them; status 0 if there was no answer.
export class Failure extends Error {
  constructor(status, kind, message) {
    super(message);
    Object.assign(this, { status, kind });
  }
}

const store = 'gstorm-token';
let token = sessionStorage.getItem(store) ?? '';
let asking = null;

// renew asks the user for a token; all requests that want one wait for the same question.
function renew(used) {
  if (used !== token) return Promise.resolve();
  asking ??= askToken(token !== '').then((given) => {
    token = given;
    sessionStorage.setItem(store, given);
  }).finally(() => { asking = null; });
  return asking;
}

async function request(path, options = {}) {
  for (;;) {
    const used = token;
    let response;
    try {
      response = await fetch(path, { ...options, cache: 'no-store', headers: { ...options.headers, ...(used && { Authorization: `Bearer ${used}` }) } });
    } catch (error) {
      if (options.signal?.aborted) throw error;
      throw new Failure(0, 'unreachable', 'the server does not answer');
    }
    if (response.status === 401) {
      await renew(used);
      continue;
    }
    if (!response.ok) throw await failure(response);
    return response;
  }
}

async function failure(response) {
  let said = {};
  try { said = await response.json(); } catch { /* no JSON: the status has to do */ }
  return new Failure(response.status, said.kind ?? 'failed', said.error ?? `the server answers ${response.status}`);
}

// get reads a document.
export const get = async (path, signal) => (await request(path, { signal })).json();

// post sends a change. The header is what no foreign page can have a browser send.
export const post = (path, body) => request(path, {
  method: 'POST', body: JSON.stringify(body), headers: { 'Content-Type': 'application/json', 'Gstorm-Request': '1' },
});

// lines gives each line of an answer that may have no end.
export async function* lines(path, signal, headers) {
  const response = await request(path, { signal, headers });
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      const all = (rest + value).split('\n');
      rest = all.pop();
      for (const line of all) yield line.replace(/\r$/, '');
    }
    if (rest) yield rest;
  } finally {
    reader.cancel().catch(() => {});
  }
}

// events gives the server-sent events of an address as {name, data}. EventSource can't send a token; fetch can.
export async function* events(path, signal) {
  let name = 'message';
  let data = [];
  for await (const line of lines(path, signal, { Accept: 'text/event-stream' })) {
    if (line === '') {
      if (data.length) yield { name, data: data.join('\n') };
      name = 'message';
      data = [];
    } else if (line.startsWith('event:')) name = line.slice(6).trim();
    else if (line.startsWith('data:')) data.push(line.slice(5).replace(/^ /, ''));
    else yield null; // a comment: a sign of life
  }
}

// download has the browser keep a document as a file.
export async function download(path, name) {
  const address = URL.createObjectURL(await (await request(path)).blob());
  Object.assign(document.createElement('a'), { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60000); // not before the browser has begun
}
