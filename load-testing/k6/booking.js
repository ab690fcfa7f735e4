// People who buy at a steady pace: RATE a second (5) for DURATION (1m).
import { THRESHOLDS } from './lib/api.js';
import { buy, hall } from './lib/buying.js';
import { gather, somebody } from './lib/people.js';

export const options = {
  setupTimeout: '10m',
  thresholds: THRESHOLDS,
  scenarios: {
    booking: {
      executor: 'constant-arrival-rate',
      rate: Number(__ENV.RATE || 5),
      timeUnit: '1s',
      duration: __ENV.DURATION || '1m',
      preAllocatedVUs: Number(__ENV.VUS || 100),
      maxVUs: Number(__ENV.VUS_MAX || 2000),
    },
  },
};

export function setup() {
  return { tokens: gather(), rows: hall() };
}

export default function ({ tokens, rows }) {
  buy(somebody(tokens), rows);
}
