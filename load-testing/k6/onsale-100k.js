// The waiting room's great day by k6: everybody joins in the lobby, asks once within 10 s of the opening, asks again when
// told to, is let in, and buys. k6 has no event streams: the swarm (../README.md) has. Wants an event (EVENT) with a line
// whose lobby is open, OPENS (RFC 3339) its start, and PEOPLE, the file of `onsale seed swarm`.
import { sleep } from 'k6';
import exec from 'k6/execution';
import { Counter } from 'k6/metrics';
import { THRESHOLDS, call } from './lib/api.js';
import { EVENT, buy, hall } from './lib/buying.js';
import { gather, howMany, somebody } from './lib/people.js';

const OPENS = Date.parse(__ENV.OPENS || '') || Date.now() + 30_000;
const BURST_SECONDS = 10;
const CALM_SECONDS = Number(__ENV.CALM_SECONDS || 5);
const LAST_SECONDS = Number(__ENV.LAST_SECONDS || 240);
// Who chooses says so often that they are there.
const BEAT_MS = 5_000;
const OVER = ['sold_out', 'closed', 'lapsed', 'left'];

const served = new Counter('served');
const told = new Counter('told_that_all_is_gone');

// Each call has a figure of its own at the end.
const calls = ['join', 'map', 'hold', 'order', 'release'].map((name) => [`http_req_duration{call:${name}}`, ['p(99)<2000']]);

export const options = {
  setupTimeout: '10m',
  thresholds: { ...THRESHOLDS, ...Object.fromEntries(calls), tickets_sold: ['count>0'], ticketed_s: [`max<${LAST_SECONDS}`] },
  scenarios: {
    sale: {
      executor: 'per-vu-iterations',
      vus: Number(__ENV.VUS || howMany()),
      iterations: 1,
      maxDuration: `${Math.ceil((OPENS - Date.now()) / 1000) + LAST_SECONDS}s`,
    },
  },
};

export function setup() {
  return { tokens: gather(), rows: hall(), opens: OPENS };
}

function status(token, headers) {
  const answer = call('status', 'GET', `/api/queue/${EVENT}/status`, { token, headers });
  return answer && answer.json();
}

// The turn of somebody who was let in: it goes on as long as the line says so.
function turnOf(token, headers, admission, opens) {
  let since = Date.now();
  const turn = { admission, opens };
  turn.goesOn = () => {
    if (Date.now() - since < BEAT_MS) return true;
    since = Date.now();
    const now = status(token, headers);
    if (!now || now.state !== 'admitted' || !now.admission) return false;
    turn.admission = now.admission.token;
    return true;
  };
  return turn;
}

// How long to wait before the next question: the first one after the opening is the one call of the burst.
function pause(answer, left, slot) {
  const again = Math.max(1, answer.askAgainSeconds) * (0.9 + Math.random() / 5);
  return left > 0 && again >= left ? left + slot : again;
}

export default function ({ tokens, rows, opens }) {
  const token = somebody(tokens);
  const left = () => (opens - Date.now()) / 1000;
  const slot = Math.random() * BURST_SECONDS;
  // Arrivals are spread over the time before the opening.
  sleep(Math.max(0, left() - CALM_SECONDS) * Math.random());
  call('page', 'GET', `/events/${EVENT}`, { headers: { accept: 'text/html' } });
  const joined = call('join', 'POST', `/api/queue/${EVENT}/join`, { token, statuses: [201] });
  if (!joined) return;
  const headers = { 'x-queue-token': joined.json().queueToken };
  sleep(Math.random() * 3);
  while (left() > -LAST_SECONDS) {
    const now = status(token, headers);
    if (!now) return;
    if (now.admission) {
      if (buy(token, rows, turnOf(token, headers, now.admission.token, opens))) served.add(1);
      else told.add(1);
      return;
    }
    if (OVER.includes(now.state)) {
      told.add(1);
      return;
    }
    sleep(pause(now, left(), slot));
  }
  exec.test.fail(`number ${exec.vu.idInTest} was told nothing until the end`);
}
