"""People who look, stand in line, buy and give back for so many seconds: observability_people.py <Onsale> <seconds>

Onsale has the load season (`onsale up --profile load`). What it answers is not judged here but for this: somebody bought,
somebody was refused a seat, and somebody came through a waiting room."""

import collections
import http.cookiejar
import json
import random
import sys
import threading
import time
import urllib.error
import urllib.request

PASSWORD = "LoadTest123!"
FREE, LINED = "EVT001", "EVT002"
BUYERS, IN_LINE = 4, 2
# Everybody wants these, so that some are refused.
WANTED = [f"VIP-A{number}" for number in range(1, 51)]

counts = collections.Counter()


class Person:
    """Somebody with a browser of their own, signed in by e-mail."""

    def __init__(self, base, email):
        self.base = base
        cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.opener = urllib.request.build_opener(cookies)
        self.token = None
        status, answer = self.call("POST", "/api/auth/login", {"email": email, "password": PASSWORD})
        if status != 200:
            sys.exit(f"{email} cannot sign in: {status} {answer}")
        self.token = answer["token"]

    def call(self, method, path, body=None, **headers):
        headers = {"accept": "application/json"} | {name.replace("_", "-"): value for name, value in headers.items()}
        if self.token:
            headers["authorization"] = f"Bearer {self.token}"
        data = None
        if body is not None:
            headers["content-type"], data = "application/json", json.dumps(body).encode()
        request = urllib.request.Request(self.base + path, data, headers, method=method)
        try:
            with self.opener.open(request, timeout=30) as answer:
                text = answer.read()
                return answer.status, json.loads(text) if text else None
        except urllib.error.HTTPError as error:
            counts[f"{error.code} {path.split('?')[0].rsplit('/', 1)[-1][:20]}"] += 1
            return error.code, None

    def buy(self, event, **headers):
        """Holds a seat and pays, sometimes by a card that is declined; gives back some of it."""
        seats = [{"seatId": seat} for seat in random.sample(WANTED, 1)]
        status, hold = self.call("POST", "/api/bookings/reserve", {"eventId": event, "seats": seats}, **headers)
        counts["held" if status == 201 else "refused a seat"] += 1
        if status != 201:
            return
        order = {"reservationId": hold["reservationId"], "paymentMethod": "CREDIT_CARD"}
        chance = random.random()
        if chance < 0.1:
            self.call("DELETE", f"/api/bookings/reservations/{hold['reservationId']}")
            return
        if chance < 0.2:
            self.call("POST", "/api/bookings/confirm", order | {"paymentToken": "pm_card_chargeDeclined"})
        status, paid = self.call("POST", "/api/bookings/confirm", order)
        if status in (200, 202):
            counts["bought"] += 1
            if status == 200 and random.random() < 0.6:
                self.call("POST", f"/api/bookings/{paid['orderId']}/cancel", {})


def look_and_buy(base, number, until):
    person = Person(base, f"testuser{number}@loadtest.com")
    while time.time() < until:
        for path in ("/api/events?limit=20", "/api/search/events?query=concrt", f"/api/events/{FREE}", f"/api/events/{FREE}/seats"):
            person.call("GET", path)
        person.buy(FREE)
        time.sleep(0.2)


def stand_in_line(base, number, until):
    while time.time() < until:
        person = Person(base, f"testuser{number}@loadtest.com")
        status, joined = person.call("POST", f"/api/queue/{LINED}/join")
        while status == 201 and time.time() < until:
            asked, place = person.call("GET", f"/api/queue/{LINED}/status", x_queue_token=joined["queueToken"])
            if asked != 200 or place["state"] in ("lapsed", "left", "closed", "sold_out"):
                break
            if place.get("admission"):
                counts["let in"] += 1
                person.buy(LINED, x_admission=place["admission"]["token"])
                person.call("POST", f"/api/queue/{LINED}/leave", x_queue_token=joined["queueToken"])
                break
            time.sleep(1)
        time.sleep(1)


def watch(base, path, until):
    """Reads a stream of events until it is time."""
    try:
        with urllib.request.urlopen(base + path, timeout=until - time.time() + 5) as stream:
            while time.time() < until and stream.readline():
                pass
    except OSError as error:
        counts[f"stream: {error}"] += 1


def instant(seconds):
    """So many seconds from now, as RFC 3339."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + seconds))


def main():
    base, seconds = sys.argv[1].rstrip("/"), float(sys.argv[2])
    until = time.time() + seconds
    organiser = Person(base, "organiser@loadtest.com")
    room = {"mode": "LINE", "opensAt": instant(-60), "startsAt": instant(-1)}
    status, answer = organiser.call("PUT", f"/api/admin/events/{LINED}/queue", room)
    if status not in (200, 201, 204):
        sys.exit(f"{LINED} gets no waiting room: {status} {answer}")
    stranger = {"email": "testuser1@loadtest.com", "password": "not the password"}
    organiser.call("POST", "/api/auth/login", stranger)
    stamp = f"watched-{time.time_ns()}@example.com"
    organiser.call("POST", "/api/auth/register", {"email": stamp, "password": "Kestrel-on-the-9th-gate", "name": "Watched"})
    work = [(look_and_buy, n) for n in range(1, 1 + BUYERS)] + [(stand_in_line, n) for n in range(50, 50 + IN_LINE)]
    threads = [threading.Thread(target=act, args=(base, number, until), daemon=True) for act, number in work]
    for path in (f"/api/events/{FREE}/live", f"/api/queue/{LINED}/live"):
        threads.append(threading.Thread(target=watch, args=(base, path, until), daemon=True))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(seconds + 60)
    print("people: " + ", ".join(f"{count} {what}" for what, count in sorted(counts.items())))
    missing = [what for what in ("bought", "refused a seat", "let in") if not counts[what]]
    return f"nobody was {' and nobody was '.join(missing)}" if missing else 0


if __name__ == "__main__":
    sys.exit(main())
