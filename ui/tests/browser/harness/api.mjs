// What tests need beside the pages: accounts, events of their own, seats that somebody else has.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { base } from "./browser.mjs";

const PASSWORD = "Kestrel-on-the-9th-gate";
// Whose the events of the demo season are.
export const ORGANISER = { email: "organiser@demo.example", password: "onsale-demo-2026" };
// Who runs the house, and made the events of tests.
export const STAFF = { email: "admin@demo.example", password: "onsale-demo-2026" };
const KNOWN_WITHIN_MS = 60_000;
const ASKED_EVERY_MS = 200;
const DAY_MS = 86_400_000;

// Asks the API; anything but a good answer is a mistake of the test.
export const ask = async (method, path, { body, token } = {}) => {
  const headers = { accept: "application/json", "idempotency-key": randomUUID() };
  if (token) headers.authorization = `Bearer ${token}`;
  if (body) headers["content-type"] = "application/json";
  const answer = await fetch(base + path, { method, headers, body: body && JSON.stringify(body) });
  const text = await answer.text();
  assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${text.slice(0, 500)}`);
  return text ? JSON.parse(text) : null;
};

let people = 0;

// Somebody new, who has no account yet.
export const somebody = (name = "Nora Ñandú") => ({
  name,
  email: `reader-${Date.now().toString(36)}-${process.pid}-${people++}@example.com`,
  password: PASSWORD,
});

// An account.
export const account = async (more = {}) => {
  const person = { ...somebody("Rita Rival"), ...more };
  const { token } = await ask("POST", "/api/auth/register", { body: person });
  return { ...person, token };
};

let staff;
export const staffToken = () => (staff ??= ask("POST", "/api/auth/login", { body: STAFF }).then((answer) => answer.token));

const money = (minor) => ({ amount: (minor / 100).toFixed(2), currency: "EUR" });
const price = (face, fee) => ({
  total: money(face + fee),
  lines: [
    { kind: "face", label: "Ticket", amount: money(face) },
    { kind: "fee", label: "Service fee", amount: money(fee) },
  ],
});
const zone = (zoneId, name, category, rows, seatsPerRow) => ({
  zoneId, name, category, rows, seatsPerRow, curveDegrees: 40, accessibleAtEnds: 1,
});

// An event of the test's own, in a small house or without seats, on sale once this returns.
export const event = async ({ name, rows = 3, seats = 6, standing = 0, holdSeconds = 600, limit = 6, bankTransfers = false }) => {
  const token = await staffToken();
  const place = { city: "Girona", country: "ES", timeZone: "Europe/Madrid", latitude: 41.98, longitude: 2.82 };
  const venue = await ask("POST", "/api/admin/venues", { token, body: { name: `Sala ${name}`, ...place } });
  const zones = [zone(1, "Platea", "FRONT", rows, seats), zone(2, "Galeria", "BACK", rows, seats)];
  const plan = standing
    ? null
    : await ask("POST", `/api/admin/venues/${venue.id}/plans`, { token, body: { name, zones } });
  const seated = [
    { ticketType: "adult", name: "Platea", category: "FRONT", price: price(4_000, 300), quotas: [] },
    { ticketType: "adult", name: "Galeria", category: "BACK", price: price(2_000, 200), quotas: [] },
  ];
  const free = [{ ticketType: "standing", name: "Standing", price: price(2_500, 250), capacity: standing, quotas: [] }];
  const now = Date.now();
  const draft = {
    venueId: venue.id,
    planId: plan?.planId,
    name,
    description: "Made by a test.",
    type: "concert",
    startsAt: new Date(now + 40 * DAY_MS).toISOString(),
    sale: {
      currency: "EUR",
      bankTransfers,
      onSaleAt: new Date(now - DAY_MS).toISOString(),
      holdSeconds,
      maxPerAccount: limit,
      refund: { untilHoursBefore: 48, feesRefunded: false },
    },
    ticketTypes: plan ? seated : free,
    quotas: [],
    promoCodes: [],
  };
  const { id } = await ask("POST", "/api/admin/events", { token, body: draft });
  await ask("POST", `/api/admin/events/${id}/publish`, { token });
  await listed(id);
  return id;
};

export const until = async (what, is) => {
  const end = Date.now() + KNOWN_WITHIN_MS;
  while (!(await is())) {
    assert.ok(Date.now() < end, `${what}, and not so after ${KNOWN_WITHIN_MS / 1_000} s`);
    await new Promise((done) => setTimeout(done, ASKED_EVERY_MS));
  }
};

// Waits until readers find an event.
const listed = (id) => until(`event ${id} is published`, async () => (await fetch(`${base}/api/events/${id}`)).ok);

// Waits until a page says something: what is left is told to it a moment later.
export const says = (path, text) =>
  until(`${path} is to say “${text}”`, async () => (await (await fetch(base + path)).text()).includes(text));

// Holds through the API as somebody else: seats by their ids, or so many tickets.
export const hold = (token, eventId, { seats, tickets }) => {
  const body = { eventId };
  if (seats) body.seats = seats.map((seatId) => ({ seatId }));
  if (tickets) body.tickets = [{ ticketType: "standing", quantity: tickets }];
  return ask("POST", "/api/bookings/reserve", { token, body });
};

// Pays for a hold.
export const pay = (token, reservationId) =>
  ask("POST", "/api/bookings/confirm", { token, body: { reservationId, paymentMethod: "CREDIT_CARD" } });

// The ids of an event's seats, zone by zone, row by row.
export const seatIds = async (eventId) => {
  const { zones } = await ask("GET", `/api/events/${eventId}/plan`);
  return zones.flatMap((one) => one.rows.flatMap((row) => row.seats.map((seat) => seat.seatId)));
};
