// Who calls: the people of `onsale seed swarm` (PEOPLE names its file), else USERS accounts that are registered first.
import { SharedArray } from 'k6/data';
import exec from 'k6/execution';
import { call } from './api.js';

const PASSWORD = 'Kestrel-on-the-9th-gate';
const USERS = Number(__ENV.USERS || 50);

// One copy for all virtual users: a hundred thousand tokens would not fit otherwise.
const crowd = new SharedArray('people', () => {
  if (!__ENV.PEOPLE) return [];
  const lines = open(__ENV.PEOPLE).trim().split('\n');
  return lines.map((line) => line.split(' ')[2]);
});

// For `setup()`: their tokens, good for 15 minutes.
export function gather() {
  if (crowd.length > 0) return [];
  const run = Date.now();
  const tokens = [];
  for (let number = 0; number < USERS; number += 1) {
    const body = { email: `k6-${run}-${number}@loadtest.com`, password: PASSWORD, name: `K6 ${number}` };
    const answer = call('register', 'POST', '/api/auth/register', { body, statuses: [201] });
    if (answer) tokens.push(answer.json().token);
  }
  return tokens;
}

// The token of a person: another one in each iteration.
export function somebody(tokens) {
  const all = crowd.length > 0 ? crowd : tokens;
  return all[exec.scenario.iterationInTest % all.length];
}

export function howMany() {
  return crowd.length || USERS;
}

const FRESH_MS = 10 * 60_000;

// Somebody of one virtual user alone, who signs in again before the token ends.
export class Session {
  constructor() {
    this.email = `k6-${Date.now()}-${exec.vu.idInTest}@loadtest.com`;
    const body = { email: this.email, password: PASSWORD, name: 'K6' };
    this.keep(call('register', 'POST', '/api/auth/register', { body, statuses: [201] }));
  }

  keep(answer) {
    this.access = answer ? answer.json().token : '';
    this.since = Date.now();
  }

  token() {
    if (Date.now() - this.since > FRESH_MS) {
      this.keep(call('login', 'POST', '/api/auth/login', { body: { email: this.email, password: PASSWORD } }));
    }
    return this.access;
  }
}
