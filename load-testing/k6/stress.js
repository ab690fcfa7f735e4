// More and more people, in six steps of 30 s up to RATE (200) a second: past what the machine bears some are sent away, and
// nobody is told what is not so. Ends early once more than half of the calls fail.
import { THRESHOLDS } from './lib/api.js';
import { buy, hall } from './lib/buying.js';
import { gather, somebody } from './lib/people.js';

const RATE = Number(__ENV.RATE || 200);
const step = (nth) => ({ target: Math.ceil((RATE * nth) / 6), duration: '30s' });

export const options = {
  setupTimeout: '10m',
  thresholds: {
    wrong: ['rate==0'],
    checks: ['rate==1'],
    http_req_failed: [{ threshold: 'rate<0.5', abortOnFail: true, delayAbortEval: '30s' }],
  },
  scenarios: {
    stress: {
      executor: 'ramping-arrival-rate',
      startRate: 1,
      timeUnit: '1s',
      preAllocatedVUs: Number(__ENV.VUS || 500),
      maxVUs: Number(__ENV.VUS_MAX || 10000),
      stages: [1, 2, 3, 4, 5, 6].map(step),
    },
  },
};

export function setup() {
  return { tokens: gather(), rows: hall() };
}

export default function ({ tokens, rows }) {
  buy(somebody(tokens), rows);
}
