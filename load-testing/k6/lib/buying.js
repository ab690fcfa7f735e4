// What a buyer does once in: looks at the map, chooses, loses to others and chooses again, holds, looks at the hold, types,
// pays, sees the tickets. Times, parties and fates are those of the swarm (load-testing/src/swarm/client/person.rs).
import { check, sleep } from 'k6';
import { Counter, Trend } from 'k6/metrics';
import { call, uuid } from './api.js';

export const EVENT = __ENV.EVENT || 'EVT001';
const TYPING_SECONDS = Number(__ENV.TYPING_SECONDS || 9);
const CHOOSING_SECONDS = Math.min(2.5, TYPING_SECONDS);
const PICKS = 200;
const LOOKS = 60;
// While nothing is free, the map is looked at so often.
const LOOK_AGAIN_SECONDS = 0.5;
const TICKETED = ['CONFIRMED', 'PROCESSING', 'COMPLETED'];

export const sold = new Counter('tickets_sold');
// Seconds from the opening to each ticket, where there is an opening.
const ticketed = new Trend('ticketed_s');
const beaten = new Counter('beaten');

// A time of a log-normal distribution.
export function logNormal(median, spread = 0.45) {
  const normal = Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
  return median * Math.exp(spread * normal);
}

// Rows of seat ids, in the plan's order.
export function hall() {
  const answer = call('plan', 'GET', `/api/events/${EVENT}/plan`);
  return answer ? answer.json().zones.flatMap((zone) => zone.rows.map((row) => row.seats.map((seat) => seat.seatId))) : [];
}

// How many seats are wanted.
function party() {
  const chance = Math.random() * 100;
  if (chance < 15) return 1;
  if (chance < 75) return 2;
  return chance < 85 ? 3 : 4;
}

// Free seats of one row, side by side, by the states in the plan's order, from a seat on to which the front is preferred; as
// many as there are up to `most`; nothing where all are gone.
export function pick(rows, states, most) {
  const starts = [];
  const seats = rows.reduce((at, row) => { starts.push(at); return at + row.length; }, 0);
  const from = Math.floor(Math.min(Math.random(), Math.random()) * seats);
  const first = starts.findIndex((start, nth) => from < start + rows[nth].length);
  for (let size = most; size > 0; size -= 1) {
    for (let step = 0; step <= rows.length; step += 1) {
      const nth = (first + step) % rows.length;
      const row = states.slice(starts[nth], starts[nth] + rows[nth].length);
      const at = row.indexOf('0'.repeat(size), step === 0 ? from - starts[nth] : 0);
      if (at >= 0) return rows[nth].slice(at, at + size);
    }
  }
  return null;
}

// Holds seats; nothing where all are sold, or the turn is over.
function hold(token, rows, turn) {
  const most = party();
  for (let picks = 0; picks < PICKS; picks += 1) {
    if (!turn.goesOn()) return null;
    const map = call('map', 'GET', `/api/events/${EVENT}/seats`);
    if (!map) return null;
    const shown = map.json();
    if (shown.free + shown.held === 0) return null;
    const seats = pick(rows, shown.states, most);
    if (!seats) {
      sleep(LOOK_AGAIN_SECONDS);
      continue;
    }
    const headers = turn.admission ? { 'x-admission': turn.admission } : {};
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

function look(token, held) {
  const answer = call('hold', 'GET', `/api/bookings/reservations/${held.reservationId}`, { token });
  check(answer, { 'the hold is shown': (a) => a !== null && a.json().status === 'ACTIVE' });
}

// Pays for a hold; the order once it is decided, or nothing.
function pay(token, held) {
  const body = { reservationId: held.reservationId, paymentMethod: 'CREDIT_CARD', expectedTotal: held.total };
  const paid = call('confirm', 'POST', '/api/bookings/confirm', { token, body, statuses: [200, 202], key: uuid() });
  let order = paid && paid.json();
  for (let looks = 0; order && order.status === 'PENDING' && looks < LOOKS; looks += 1) {
    sleep(1);
    const again = call('order', 'GET', `/api/bookings/${order.orderId}`, { token });
    order = again && again.json();
  }
  return order;
}

// Nobody waits in line: everybody may choose for as long as they like.
const NO_LINE = { admission: null, opens: null, goesOn: () => true };

// From the map to the ticket; whether seats were left.
export function buy(token, rows, turn = NO_LINE) {
  sleep(logNormal(CHOOSING_SECONDS));
  const held = hold(token, rows, turn);
  if (!held) return false;
  look(token, held);
  const chance = Math.random() * 100;
  const typing = logNormal(TYPING_SECONDS);
  if (chance < 10) {
    sleep(typing / 2);
    call('release', 'DELETE', `/api/bookings/reservations/${held.reservationId}`, { token, statuses: [204] });
    return true;
  }
  if (chance < 11) return true;
  if (Math.random() < 0.03) {
    sleep(typing / 2);
    look(token, held);
    sleep(typing / 2);
  } else {
    sleep(typing);
  }
  const order = pay(token, held);
  const seats = held.seats.map((seat) => seat.seatId).sort().join();
  check(order, {
    'paid and ticketed': (o) => o !== null && TICKETED.includes(o.status),
    'the tickets are for the seats held': (o) => o !== null && o.tickets.map((t) => t.seatId).sort().join() === seats,
  });
  if (!order) return true;
  sold.add(order.tickets.length);
  if (turn.opens) order.tickets.forEach(() => ticketed.add((Date.now() - turn.opens) / 1000));
  call('order', 'GET', `/api/bookings/${order.orderId}`, { token });
  return true;
}
