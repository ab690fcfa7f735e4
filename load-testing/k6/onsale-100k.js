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
const LAST_SECONDS = Number(__ENV.LAST_SECONDS || 240);

const served = new Counter('served');
const told = new Counter('told_that_all_is_gone');

export const options = {
  setupTimeout: '10m',
  thresholds: { ...THRESHOLDS, 'http_req_duration{call:join}': ['p(99)<2000'] },
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

export default function ({ tokens, rows, opens }) {
  const token = somebody(tokens);
  const left = () => (opens - Date.now()) / 1000;
  // Arrivals are spread over the time before the opening.
  sleep(Math.max(0, left() - 5) * Math.random());
  call('page', 'GET', `/events/${EVENT}`, { headers: { accept: 'text/html' } });
  const joined = call('join', 'POST', `/api/queue/${EVENT}/join`, { token, statuses: [201] });
  if (!joined) return;
  const headers = { 'x-queue-token': joined.json().queueToken };
  sleep(Math.max(0, left()) + Math.random() * BURST_SECONDS);
  while (left() > -LAST_SECONDS) {
    const answer = call('status', 'GET', `/api/queue/${EVENT}/status`, { token, headers });
    if (!answer) return;
    const status = answer.json();
    if (status.admission) {
      if (buy(token, rows, status.admission.token)) served.add(1);
      else told.add(1);
      return;
    }
    if (['sold_out', 'closed', 'lapsed', 'left'].includes(status.state)) {
      told.add(1);
      return;
    }
    sleep(status.askAgainSeconds * (0.9 + Math.random() / 5));
  }
  exec.test.fail(`number ${exec.vu.idInTest} was told nothing until the end`);
}
