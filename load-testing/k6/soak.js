// A few people for long: VUS (20) who buy again and again for DURATION (1h). Tokens last 15 minutes: each person signs in
// anew before.
import { THRESHOLDS } from './lib/api.js';
import { buy, hall } from './lib/buying.js';
import { Session } from './lib/people.js';

export const options = {
  setupTimeout: '10m',
  thresholds: THRESHOLDS,
  scenarios: {
    soak: { executor: 'constant-vus', vus: Number(__ENV.VUS || 20), duration: __ENV.DURATION || '1h' },
  },
};

export function setup() {
  return { rows: hall() };
}

let session;

export default function ({ rows }) {
  session = session || new Session();
  buy(session.token(), rows);
}
