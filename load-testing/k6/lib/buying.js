// What a buyer does once in: looks at the map, chooses, loses to others and chooses again, holds, types, pays, sees the
// tickets. Of a hundred, 10 give back and 1 closes the page, as in the swarm.
import { check, sleep } from 'k6';
import { Counter } from 'k6/metrics';
import { call, uuid } from './api.js';

export const EVENT = __ENV.EVENT || 'EVT001';
const TYPING_SECONDS = Number(__ENV.TYPING_SECONDS || 9);
const PICKS = 20;
const TICKETED = ['CONFIRMED', 'PROCESSING', 'COMPLETED'];

export const sold = new Counter('tickets_sold');
const beaten = new Counter('beaten');

// A time of a log-normal distribution.
export function logNormal(median, spread = 0.45) {
  const normal = Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
  return median * Math.exp(spread * normal);
}

// Rows of seat ids, in the plan's order.
export function hall() {
  const answer = call('plan', 'GET', `/api/events/${EVENT}/plan`);
  const rows = answer ? answer.json().zones.flatMap((zone) => zone.rows.map((row) => row.seats.map((seat) => seat.seatId))) : [];
  return rows;
}

// Two free seats side by side, by the states in the plan's order; one where there are no two; nothing where all are gone.
function pick(rows, states) {
  const starts = [];
  rows.reduce((at, row) => { starts.push(at); return at + row.length; }, 0);
  const from = Math.floor(Math.random() * rows.length);
  for (const size of [2, 1]) {
    for (let step = 0; step < rows.length; step += 1) {
      const nth = (from + step) % rows.length;
      const row = states.slice(starts[nth], starts[nth] + rows[nth].length);
      const at = row.indexOf('0'.repeat(size), Math.floor(Math.random() * 8));
      if (at >= 0) return rows[nth].slice(at, at + size);
    }
  }
  return null;
}

// Holds seats; nothing where none are left.
function hold(token, rows, admission) {
  for (let picks = 0; picks < PICKS; picks += 1) {
    const map = call('map', 'GET', `/api/events/${EVENT}/seats`);
    const seats = map && pick(rows, map.json().states);
    if (!seats) return null;
    const headers = admission ? { 'x-admission': admission } : {};
    const body = { eventId: EVENT, seats: seats.map((seatId) => ({ seatId })) };
    const answer = call('reserve', 'POST', '/api/bookings/reserve', { token, headers, body, statuses: [201, 409], key: uuid() });
    if (!answer) return null;
    if (answer.status === 201) {
      const held = answer.json();
      check(held, { 'the seats asked for are held': (r) => r.seats.length === seats.length && r.seats.every((s) => seats.includes(s.seatId)) });
      return held;
    }
    check(answer.json(), { 'a refusal names the seats': (p) => p.code === 'seats_unavailable' && p.seats.some((id) => seats.includes(id)) });
    beaten.add(1);
    sleep(logNormal(1.2));
  }
  return null;
}

// From the map to the ticket; whether seats were left.
export function buy(token, rows, admission) {
  sleep(logNormal(Math.min(2.5, TYPING_SECONDS)));
  const held = hold(token, rows, admission);
  if (!held) return false;
  const chance = Math.random() * 100;
  if (chance < 1) return true;
  sleep(logNormal(TYPING_SECONDS));
  if (chance < 11) {
    call('release', 'DELETE', `/api/bookings/reservations/${held.reservationId}`, { token, statuses: [204] });
    return true;
  }
  const body = { reservationId: held.reservationId, paymentMethod: 'CREDIT_CARD', expectedTotal: held.total };
  const paid = call('confirm', 'POST', '/api/bookings/confirm', { token, body, statuses: [200, 202], key: uuid() });
  if (!paid) return true;
  let order = paid.json();
  for (let looks = 0; order && order.status === 'PENDING' && looks < 60; looks += 1) {
    sleep(1);
    const again = call('order', 'GET', `/api/bookings/${order.orderId}`, { token });
    order = again && again.json();
  }
  const seats = held.seats.map((seat) => seat.seatId).sort().join();
  check(order, {
    'paid and ticketed': (o) => o !== null && TICKETED.includes(o.status),
    'the tickets are for the seats held': (o) => o !== null && o.tickets.map((t) => t.seatId).sort().join() === seats,
  });
  if (order) sold.add(order.tickets.length);
  return true;
}
