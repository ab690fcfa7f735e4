// A quiet shop into which everybody comes at once: from 1 a second to RATE (50) within 5 s, for 30 s, and quiet again.
import { THRESHOLDS } from './lib/api.js';
import { buy, hall } from './lib/buying.js';
import { gather, somebody } from './lib/people.js';

const RATE = Number(__ENV.RATE || 50);

export const options = {
  setupTimeout: '10m',
  thresholds: THRESHOLDS,
  scenarios: {
    spike: {
      executor: 'ramping-arrival-rate',
      startRate: 1,
      timeUnit: '1s',
      preAllocatedVUs: Number(__ENV.VUS || 200),
      maxVUs: Number(__ENV.VUS_MAX || 5000),
      stages: [
        { target: 1, duration: '10s' },
        { target: RATE, duration: '5s' },
        { target: RATE, duration: '30s' },
        { target: 1, duration: '5s' },
        { target: 1, duration: '15s' },
      ],
    },
  },
};

export function setup() {
  return { tokens: gather(), rows: hall() };
}

export default function ({ tokens, rows }) {
  buy(somebody(tokens), rows);
}
