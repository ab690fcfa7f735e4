// Calls of the public API, each checked: the statuses that may come at that point, and errors as problems.
import http from 'k6/http';
import { check, sleep } from 'k6';
import { Counter, Rate } from 'k6/metrics';

export const BASE_URL = (__ENV.BASE_URL || 'http://localhost:8080').replace(/\/$/, '');
const LATER = [429, 503];
const TRIES = 20;

// Answers that cannot be right, or none at all.
export const wrong = new Rate('wrong');
// Answers that say to come later; they are obeyed.
export const sentAway = new Counter('sent_away');

// The calls whose latency has a bar, in milliseconds.
export const THRESHOLDS = {
  // What others promise: p99 below 2 s, errors below 5 %.
  http_req_duration: ['p(99)<2000'],
  http_req_failed: ['rate<0.05'],
  // Ours.
  wrong: ['rate==0'],
  checks: ['rate==1'],
  'http_req_duration{call:reserve}': ['p(99)<500'],
  'http_req_duration{call:confirm}': ['p(99)<500'],
  'http_req_duration{call:page}': ['p(99)<500'],
  'http_req_duration{call:status}': ['p(99)<500'],
};

// An answer with one of the statuses; again as often as it is told to come later. Nothing, and counted, where another came.
export function call(name, method, path, { token, headers = {}, body, statuses = [200], key } = {}) {
  const all = { accept: 'application/json', ...headers };
  if (body !== undefined) all['content-type'] = 'application/json';
  if (token) all.authorization = `Bearer ${token}`;
  if (key) all['idempotency-key'] = key;
  const params = { headers: all, tags: { name, call: name }, responseCallback: http.expectedStatuses(...statuses, ...LATER) };
  const text = body === undefined ? null : JSON.stringify(body);
  for (let tries = 0; tries < TRIES; tries += 1) {
    const answer = http.request(method, `${BASE_URL}${path}`, text, params);
    if (!LATER.includes(answer.status)) {
      const right = statuses.includes(answer.status);
      wrong.add(!right);
      if (!right) console.error(`${name} was answered ${answer.status}: ${String(answer.body).slice(0, 300)}`);
      if (answer.status >= 400) {
        check(answer, { 'errors are problems': (a) => (a.headers['Content-Type'] || '').startsWith('application/problem+json') });
      }
      return right ? answer : null;
    }
    sentAway.add(1);
    sleep(Number(answer.headers['Retry-After'] || 1) * (1 + Math.random()));
  }
  wrong.add(true);
  return null;
}

export function uuid() {
  const hex = () => Math.floor(Math.random() * 0x10000).toString(16).padStart(4, '0');
  return [hex() + hex(), hex(), hex(), hex(), hex() + hex() + hex()].join('-');
}
