// One buyer's way through the public API, a rival beside them: register, sign in, list, search with a typo, reserve,
// 409 for the taken seat, confirm, tickets, cancel, and the seat is free again. Wants the load season
// (`onsale up --profile load`). Run it by scripts/k6.
import http from 'k6/http';
import { check, fail, group, sleep } from 'k6';
import { Counter } from 'k6/metrics';

const BASE_URL = (__ENV.BASE_URL || 'http://localhost:8080').replace(/\/$/, '');
const EVENT = __ENV.EVENT || 'EVT001';
const PASSWORD = 'Kestrel-on-the-9th-gate';
const PATIENCE_SECONDS = 30;

const serverFaults = new Counter('server_faults');

export const options = {
  vus: Number(__ENV.VUS || 3),
  iterations: Number(__ENV.ITERATIONS || 15),
  thresholds: {
    checks: ['rate==1'],
    server_faults: ['count==0'],
    http_req_failed: ['rate<0.05'],
    http_req_duration: ['p(99)<2000'],
    'http_req_duration{call:reserve}': ['p(95)<1000'],
    'http_req_duration{call:confirm}': ['p(95)<5000'],
  },
};

function call(name, method, path, { token, body, statuses = [200] } = {}) {
  const headers = { accept: 'application/json' };
  if (body !== undefined) headers['content-type'] = 'application/json';
  if (token) headers.authorization = `Bearer ${token}`;
  const params = {
    headers,
    tags: { name, call: name },
    responseCallback: http.expectedStatuses(...statuses),
  };
  const answer = http.request(method, `${BASE_URL}${path}`, body === undefined ? null : JSON.stringify(body), params);
  if (answer.status === 0 || answer.status >= 500) serverFaults.add(1);
  const right = check(answer, { [`${name}: ${statuses.join(' or ')}`]: (a) => statuses.includes(a.status) });
  if (!right) fail(`${name} was answered ${answer.status}: ${answer.body}`);
  return answer;
}

function json(answer) {
  return answer.body ? answer.json() : null;
}

function signUp(who) {
  // Unique over runs, so that the same data can be used again.
  const email = `k6-${who}-${__VU}-${__ITER}-${Date.now()}@loadtest.com`;
  call('register', 'POST', '/api/auth/register', { body: { email, password: PASSWORD, name: `K6 ${who}` }, statuses: [201] });
  const signedIn = json(call('login', 'POST', '/api/auth/login', { body: { email, password: PASSWORD } }));
  check(signedIn, { 'login: the account is the one': (s) => s.user.email.toLowerCase() === email.toLowerCase() });
  const wrong = call('login refused', 'POST', '/api/auth/login', { body: { email, password: 'wrong' }, statuses: [401] });
  check(wrong, { 'login refused: as a problem': (a) => a.headers['Content-Type'].startsWith('application/problem+json') });
  return signedIn.token;
}

// A seat that is free: seats of other runs may be sold.
function reserve(token) {
  for (let tries = 0; tries < 20; tries += 1) {
    const row = String.fromCharCode(65 + Math.floor(Math.random() * 26));
    const seatId = `VIP-${row}${1 + Math.floor(Math.random() * 50)}`;
    const answer = call('reserve', 'POST', '/api/bookings/reserve', {
      token,
      body: { eventId: EVENT, seats: [{ seatId }] },
      statuses: [201, 409],
    });
    if (answer.status === 201) return json(answer);
  }
  return fail('20 random seats were all taken: start from fresh data');
}

function confirm(token, reservation) {
  const body = { reservationId: reservation.reservationId, paymentMethod: 'CREDIT_CARD', expectedTotal: reservation.total };
  const answer = call('confirm', 'POST', '/api/bookings/confirm', { token, body, statuses: [200, 202] });
  let order = json(answer);
  for (let waited = 0; order.status === 'PENDING' && waited < PATIENCE_SECONDS; waited += 1) {
    sleep(1);
    order = json(call('order', 'GET', `/api/bookings/${order.orderId}`, { token }));
  }
  return order;
}

export default function () {
  const buyer = signUp('buyer');
  const rival = signUp('rival');

  group('browse', () => {
    const list = json(call('list', 'GET', '/api/events?limit=100'));
    check(list, { 'list: the event is there': (l) => l.items.some((event) => event.id === EVENT) });
    const found = json(call('search', 'GET', '/api/search/events?query=concrt&limit=20'));
    check(found, { 'search: a typo finds concerts': (f) => f.total > 0 && f.items.length > 0 });
    const plan = json(call('plan', 'GET', `/api/events/${EVENT}/plan`));
    const states = json(call('seats', 'GET', `/api/events/${EVENT}/seats`));
    const seats = plan.zones.reduce((sum, zone) => sum + zone.rows.reduce((n, row) => n + row.seats.length, 0), 0);
    check(states, { 'seats: every seat has a state': (s) => s.free + s.held + s.sold === seats });
  });

  const reservation = reserve(buyer);
  const seatId = reservation.seats[0].seatId;

  group('a taken seat', () => {
    const body = { eventId: EVENT, seats: [{ seatId }] };
    const refused = json(call('reserve taken', 'POST', '/api/bookings/reserve', { token: rival, body, statuses: [409] }));
    check(refused, {
      'reserve taken: says which seat': (p) => p.code === 'seats_unavailable' && p.seats.includes(seatId),
      'reserve taken: says where to report': (p) => typeof p.traceId === 'string',
    });
    call('foreign hold', 'GET', `/api/bookings/reservations/${reservation.reservationId}`, { token: rival, statuses: [404] });
  });

  const order = confirm(buyer, reservation);
  check(order, {
    'confirm: paid and ticketed': (o) => ['CONFIRMED', 'PROCESSING', 'COMPLETED'].includes(o.status) && o.tickets.length === 1,
    'confirm: the ticket is for the seat': (o) => o.tickets[0].seatId === seatId && o.tickets[0].qr.length > 20,
    'confirm: the total is the one shown': (o) => o.total.amount === reservation.total.amount,
  });

  group('own orders', () => {
    const orders = json(call('orders', 'GET', '/api/bookings', { token: buyer }));
    check(orders, { 'orders: it is there': (l) => l.items.some((one) => one.orderId === order.orderId) });
    call('foreign order', 'GET', `/api/bookings/${order.orderId}`, { token: rival, statuses: [404] });
    call('no token', 'GET', '/api/bookings', { statuses: [401] });
  });

  group('cancel', () => {
    const quote = json(call('cancel quote', 'GET', `/api/bookings/${order.orderId}/cancel-quote`, { token: buyer }));
    check(quote, { 'cancel quote: it can be cancelled': (q) => q.cancellable && q.tickets.length === 1 });
    const cancelled = json(call('cancel', 'POST', `/api/bookings/${order.orderId}/cancel`, { token: buyer, body: {}, statuses: [200, 202] }));
    check(cancelled, { 'cancel: the ticket is void': (o) => o.tickets.every((ticket) => ticket.status === 'CANCELLED') });
    const body = { eventId: EVENT, seats: [{ seatId }] };
    const again = json(call('reserve again', 'POST', '/api/bookings/reserve', { token: rival, body, statuses: [201] }));
    check(again, { 'reserve again: the fence grew': (r) => r.fencingToken > reservation.fencingToken });
    call('release', 'DELETE', `/api/bookings/reservations/${again.reservationId}`, { token: rival, statuses: [204] });
  });
}
