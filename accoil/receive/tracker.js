/* Accoil in the browser: load, identify, group, track, page, reset. SPDX-License-Identifier: Apache-2.0 */
(() => {
  'use strict';

  const accoil = (window.accoil = window.accoil || {});
  if (accoil.running) return; // the snippet stands in the page twice
  accoil.running = true;

  const LONGEST_WAIT = 1000; // ms until a call is sent
  const MANY = 20; // waiting calls that are sent at once
  const PIECE = 60000; // bytes; browsers let no more than 64 KiB outlive a page
  const ROOM = 500000; // characters that wait while the server is away: the page needs its storage too
  const PATIENCE = 30000; // ms until an answer, or another tab, has hung
  const ORPHANED = 5000; // ms until a call is sent by other pages than its own, which is gone then

  const { src } = document.currentScript || {};
  const home = src ? new URL('.', src).href : ''; // where we came from, with the path of a proxy
  let key, host, prefix;

  function warn(text) {
    if (warn[text]) return; // once is enough
    warn[text] = true;
    console.warn('Accoil: ' + text);
  }

  // crypto.randomUUID is missing on plain http.
  const uuid = () =>
    '10000000-1000-4000-8000-100000000000'.replace(/[018]/g, (digit) =>
      (digit ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (digit / 4)))).toString(16)
    );

  /** An id or a name; empty where none can be meant. */
  const text = (value) => (/^(string|number)$/.test(typeof value) && String(value).trim() ? String(value) : '');

  // Storage. An entry for each message: tabs share it, and none can overwrite another's. What it can't take (it is
  // blocked, or full) lives as long as the page.

  const memory = new Map();

  function keep(name, value) {
    try {
      localStorage.setItem(name, value);
      memory.delete(name);
    } catch {
      memory.set(name, value);
    }
  }

  function read(name) {
    try {
      return memory.get(name) || localStorage.getItem(name) || '';
    } catch {
      return '';
    }
  }

  function forget(name) {
    memory.delete(name);
    try {
      localStorage.removeItem(name);
    } catch {}
  }

  /** Names of the messages that wait, oldest first. */
  function waiting() {
    const names = [...memory.keys()];
    try {
      names.push(...Object.keys(localStorage));
    } catch {}
    return names.filter((name) => name.startsWith(prefix)).sort();
  }

  // Who. This page's word counts; storage tells the next page.

  let who = {};

  function recall() {
    try {
      return JSON.parse(read('accoil.who.' + key)) || {};
    } catch {
      return {};
    }
  }

  function remember(more) {
    who = { ...who, ...more };
    keep('accoil.who.' + key, JSON.stringify(who));
  }

  function sender() {
    if (who.userId) return { userId: who.userId };
    // Made only for calls before identify, which hands it on.
    if (!who.anonymousId) remember({ anonymousId: recall().anonymousId || uuid() });
    return { anonymousId: who.anonymousId };
  }

  // Sending

  const mine = new Set(); // messages of this page
  const flying = new Set(); // messages on their way
  const isPending = (name) => mine.has(name) && !flying.has(name);
  const isOrphan = (name) => Math.abs(Date.now() - parseInt(name.slice(prefix.length))) > ORPHANED;
  const bytes = (value) => new Blob([value]).size;
  let last = 0; // time of the last message
  let timer;
  let due = Infinity; // when the timer rings
  let earliest = 0; // not before: the server is away or busy
  let failures = 0;
  let busy = false;
  let refusals = 0; // times in a row that another tab was sending

  function add(at, message) {
    // Calls of the same millisecond keep their order (unless the clock was set back).
    last = at > last || at < last - 1000 ? at : last + 1;
    const messageId = uuid();
    const written = JSON.stringify({ ...message, messageId, timestamp: new Date(last).toISOString() });
    if (bytes(written) >= PIECE) return warn(`${message.type} is larger than ${PIECE} bytes and was left out.`);
    const name = `${prefix}${last}.${messageId}`;
    keep(name, written);
    mine.add(name);

    let size = 0;
    let full = 0; // 1: enough to be sent at once
    for (const each of waiting().reverse()) {
      const { length } = read(each);
      size += length;
      if (size > ROOM) {
        forget(each);
        warn(`${host} was away for too long; the oldest calls were given up.`);
      } else if (isPending(each)) full += 1 / MANY + length / PIECE;
    }
    plan(full < 1 ? LONGEST_WAIT : 0);
  }

  function plan(wait) {
    const at = Math.max(performance.now() + wait, earliest);
    if (at >= due) return;
    clearTimeout(timer);
    due = at;
    timer = setTimeout(() => {
      due = Infinity;
      flush();
    }, at - performance.now());
  }

  async function flush() {
    if (busy) return;
    busy = true;
    await alone(async () => {
      while (await post((name) => mine.has(name) || isOrphan(name)));
    });
    busy = false;
    const left = waiting();
    if (left.length) plan(left.some(isPending) ? LONGEST_WAIT : ORPHANED);
  }

  /** One tab at a time. Without locks (plain http), or when a frozen tab holds it, each sends: ids make it harmless. */
  async function alone(work) {
    try {
      await navigator.locks.request(prefix, { ifAvailable: true }, (lock) => {
        if (!lock && refusals++ < PATIENCE / LONGEST_WAIT) return;
        refusals = 0;
        return work();
      });
    } catch {
      await work();
    }
  }

  /** Sends the oldest of these messages, as many as fit; whether to go on. They stay in storage until the answer: a
   *  page that goes away leaves them to the next, and the server counts an id once. */
  async function post(which) {
    let size = 0;
    const fits = (name) => (size += bytes(read(name)) + 1) <= PIECE;
    const taken = waiting().filter((name) => which(name) && !flying.has(name) && read(name) && fits(name));
    if (!taken.length) return false;
    taken.forEach((name) => flying.add(name));

    const enough = new AbortController();
    const hung = setTimeout(() => enough.abort(), PATIENCE);
    let answer = { status: 0 };
    try {
      // Text without special headers needs no CORS preflight; keepalive outlives the page.
      answer = await fetch(host + '/v1/batch', {
        method: 'POST',
        body: `{"writeKey":${JSON.stringify(key)},"sentAt":"${new Date().toISOString()}","batch":[${taken.map(read)}]}`,
        credentials: 'omit',
        keepalive: true,
        signal: enough.signal,
      });
    } catch {}
    clearTimeout(hung);
    taken.forEach((name) => flying.delete(name));

    const { ok, status, headers } = answer;
    if (!status || status === 408 || status === 429 || status >= 500) {
      const asked = (headers && Math.min(3600, headers.get('Retry-After')) * 1000) || 0;
      const backoff = Math.min(60000, 1000 * 2 ** failures++);
      earliest = performance.now() + asked + backoff * (0.5 + Math.random() / 2); // not all pages at once
      due = Infinity;
      plan(0);
      return false;
    }
    if (!ok) warn(`${host} refused calls (${status}): is the API key right? They were left out.`);
    failures = 0;
    for (const name of taken) {
      forget(name);
      mine.delete(name);
    }
    return true;
  }

  /** The page may be gone in a moment, so this waits for nobody. Browsers would refuse a second piece. */
  const leave = () => post(isPending);

  // Calls: the time first, then what the page gave.

  const early = []; // calls before load
  const calls = {
    load(at, apiKey, { host: to = home } = {}) {
      // A page that is only being prepared may never be looked at.
      if (document.prerendering)
        return document.addEventListener('prerenderingchange', () => calls.load(at, apiKey, { host: to }));
      if (key) return;
      if (!to || !text(apiKey)) return warn('load needs an API key, or a { host }.');
      host = (/^(https?:)?\/\//.test(to) ? to : 'https://' + to).replace(/\/+$/, '');
      key = text(apiKey);
      prefix = `accoil.q.${key}.`;
      who = recall();
      document.addEventListener('visibilitychange', () => document.visibilityState === 'hidden' && leave());
      addEventListener('pagehide', leave);
      addEventListener('online', () => {
        earliest = 0;
        plan(0);
      });
      plan(LONGEST_WAIT);
      early.splice(0).forEach((each) => call(...each));
    },

    identify(at, userId, traits) {
      const id = text(userId);
      if (!id) return warn('identify needs a user id; the call was left out.');
      const { userId: before, anonymousId, groupId } = who.userId && who.userId !== id ? (who = {}) : who;
      remember({ userId: id });
      // An account that was named before its user is told now.
      add(at, { type: 'identify', userId: id, anonymousId, groupId: before ? undefined : groupId, traits });
    },

    group(at, groupId, traits) {
      const id = text(groupId);
      if (!id) return warn('group needs an account id; the call was left out.');
      remember({ groupId: id });
      add(at, { type: 'group', ...sender(), groupId: id, traits });
    },

    track(at, event) {
      const name = text(event);
      if (!name) return warn('track needs an event; the call was left out.');
      add(at, { type: 'track', ...sender(), groupId: who.groupId, event: name });
    },

    page(at, name) {
      add(at, { type: 'page', ...sender(), groupId: who.groupId, name: text(name) });
    },

    reset() {
      who = {};
      forget('accoil.who.' + key);
    },
  };

  /** Never throws into the page. */
  function call(name, given, at = Date.now()) {
    try {
      if (key || name === 'load') calls[name](at, ...given);
      else early.push([name, given, at]);
    } catch (error) {
      warn(`${name} failed: ${error.message}`);
    }
  }

  // The snippet's queue: [name, arguments, time (ours)]. Stubs that the page has kept push to it for ever.
  const queue = Array.isArray(accoil.q) ? accoil.q : [];
  accoil.q = queue;
  for (const name of Object.keys(calls)) accoil[name] = (...given) => call(name, given);
  queue.push = (...entries) => entries.forEach((each) => call(...each));
  queue.splice(0).forEach((each) => call(...each));
})();
