// What tests need of waiting rooms: rooms of their own, and answers of rooms that no test can fill.
import { ask, staffToken, until } from "./api.mjs";

const SECOND_MS = 1_000;

const inSeconds = (seconds) => new Date(Date.now() + seconds * SECOND_MS).toISOString();

// Sets up an event's waiting room, or changes it; times in seconds from now.
export const setRoom = async (event, { mode = "LOBBY", opensIn = -60, startsIn = 3_600, ...more }) => {
  const body = { mode, opensAt: inSeconds(opensIn), startsAt: inSeconds(startsIn), ...more };
  return ask("PUT", `/api/admin/events/${event}/queue`, { token: await staffToken(), body });
};

// The same room, with something else about it.
export const changeRoom = async (event, change) => {
  const { mode, opensAt, startsAt, admissionSeconds } = await room(event);
  const body = { mode, opensAt, startsAt, admissionSeconds, ...change };
  return ask("PUT", `/api/admin/events/${event}/queue`, { token: await staffToken(), body });
};

export const room = async (event) => ask("GET", `/api/admin/events/${event}/queue`, { token: await staffToken() });

// Waits until the places are given.
export const hasStarted = (event) => until(`the line of ${event} has started`, async () => (await room(event)).started);

// Pauses, resumes, admits or closes.
export const steer = async (event, act, body = {}) =>
  ask("POST", `/api/admin/events/${event}/queue/${act}`, { token: await staffToken(), body });

// Somebody joins by the API, with a device of their own.
export const joinElsewhere = (event) => ask("POST", `/api/queue/${event}/join`, { body: {} });

// A big opening as everybody sees it.
export const view = (more = {}) => ({
  mode: "LOBBY",
  opensAt: inSeconds(-3_600),
  startsAt: inSeconds(-900),
  started: true,
  joined: 96_540,
  nowServing: 44_801,
  perMinute: 252,
  paused: false,
  closed: false,
  soldOut: false,
  ...more,
});

// One's own place in it.
export const place = (more = {}) => ({
  state: "waiting",
  number: 48_213,
  nowServing: 44_801,
  ahead: 3_411,
  wait: { fromSeconds: 680, toSeconds: 940 },
  startsAt: inSeconds(-900),
  paused: false,
  signInNeeded: false,
  askAgainSeconds: 2,
  ...more,
});

// From now on the page is told of this line and this place, whatever the room is.
export const tells = async (reader, told) => {
  const isFirst = !reader.told;
  reader.told = told;
  if (!isFirst) return;
  const answers = (path, contentType, body) =>
    reader.page.route(path, (route) => (reader.told.view ? route.fulfill({ contentType, body: body() }) : route.abort()));
  const json = (path, of) => answers(path, "application/json", () => JSON.stringify(of()));
  const stream = () => `event: line\ndata: ${JSON.stringify(reader.told.view)}\n\n`;
  await answers(/\/api\/queue\/[^/]+\/live(\?position=\d+)?$/, "text/event-stream", stream);
  await json(/\/api\/queue\/[^/]+$/, () => reader.told.view);
  await json(/\/api\/queue\/[^/]+\/status$/, () => reader.told.place);
};

// From now on no question about the line is answered.
export const isAway = (reader) => tells(reader, {});

// From now on an organiser's page is told of this line, and of half an hour of it.
export const controls = async (reader, more = {}) => {
  const room = {
    ...view({ mode: "LOBBY", ...more }),
    eventId: "event", admissionSeconds: 600, challengeBits: 18, admitMore: 0, waiting: 51_739, commitment: "0".repeat(64),
  };
  const began = Date.now() - PULSES * PULSE_MS;
  const items = Array.from({ length: PULSES }, (_, n) => pulse(n, new Date(began + n * PULSE_MS).toISOString()));
  const told = (path, body) => reader.page.route(path, (route) => route.fulfill({ json: body }));
  await told(/\/queue$/, room);
  await told(/\/queue\/history/, { items });
  await told(/\/queue\/signals$/, { items: [] });
};

const PULSES = 180;
const PULSE_MS = 10_000;

// What was measured in the nth moment of an opening that goes well.
const pulse = (n, at) => {
  const grown = 1 - Math.exp(-n / 60);
  const sold = Math.round(7_400 * grown);
  const held = Math.round(900 * grown * (1 + 0.2 * Math.sin(n / 7)));
  const rate = Number((4.2 * grown * (1 + 0.15 * Math.sin(n / 5))).toFixed(2));
  return {
    at, joined: 96_540, served: 249 * n, waiting: 96_540 - 249 * n, shoppers: 120, rate, free: 11_700 - sold, held, sold,
    latencyMs: Math.round(38 + 12 * Math.sin(n / 9) + (n % 5)), failed: 0,
  };
};
