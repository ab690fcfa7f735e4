// Takes the pictures of all pages, at the widths of a phone and a desktop, by day and by night, in English and some in
// Spanish; small enough to be kept with the sources.
//
//   node pictures.mjs FOLDER; ONLY="waiting|steering" takes some and leaves the others as they are
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ORGANISER, STAFF, account, ask, hold as holdElsewhere, pay as payElsewhere } from "./harness/api.mjs";
import { Reader, closeBrowser } from "./harness/browser.mjs";
import * as line from "./harness/line.mjs";
import { small } from "./harness/png.mjs";
import * as buyer from "./harness/steps.mjs";

const folder = process.argv[2] ?? "pictures";
const EVENT = "le-misanthrope";
const DEVICES = ["phone", "desktop"];
const WIDTHS = { phone: 390, desktop: 1440 };
// Houses look as on a good evening: what share of the seats is sold and held. The first is looked at closely.
const FULL = {
  [EVENT]: 0.55, "trio-caveau": 0.96, "fado-tejo": 0.7, "manouche-saint-paul": 0.45, "bodas-de-sangre": 0.6,
  "standup-marathon": 0.3, "chanson-oubliee": 0.8, "estadio-de-luz": 0.5,
};
const PAUSE = "The payment partner is slow. We go on as soon as it answers.";
const STANDING = { "lesebuehne-kanal": 260, "kaltstart": 380, "stromkreis-night": 552, "marea-alta": 500 };
const HELD_SHARE = 0.08;
// The largest part of a house that one request holds.
const SEATS_AT_ONCE = 100;
const PARTY_MAX = 4;
const AT_ONCE = 3;

let taken = 0;
let bytes = 0;

const take = async (reader, name) => {
  await reader.page.mouse.move(0, 0);
  for (const theme of reader.language === "en" ? ["light", "dark"] : ["light"]) {
    await reader.page.emulateMedia({ colorScheme: theme });
    await reader.settle();
    const picture = small(await reader.page.screenshot({ animations: "disabled", caret: "hide" }));
    const language = reader.language === "en" ? "" : `-${reader.language}`;
    const file = `${name}-${WIDTHS[reader.device]}${theme === "light" ? "" : "-dark"}${language}.png`;
    writeFileSync(join(folder, file), picture);
    taken += 1;
    bytes += picture.length;
  }
  await reader.page.emulateMedia({ colorScheme: "light" });
};

// Random numbers that are the same each time, so that pictures change only where pages do.
const dice = (seed) => () => {
  seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
  return seed / 2 ** 32;
};

// People come in twos, threes and fours, and want to sit in front.
const parties = (zones, share) => {
  const random = dice(7);
  const wanted = [];
  zones.forEach(({ rows }, zone) => {
    rows.forEach(({ seats }, row) => {
      const back = (zone + row / rows.length) / zones.length;
      for (let at = 0; at < seats.length; ) {
        const size = 1 + Math.floor(random() * PARTY_MAX);
        const comes = random() < share * (1.35 - 0.7 * back);
        if (comes) wanted.push(seats.slice(at, at + size).map((seat) => seat.seatId));
        at += size;
      }
    });
  });
  return { sold: wanted.filter(() => random() >= HELD_SHARE).flat(), wanted };
};

const groups = (all) => {
  const count = Math.ceil(all.length / SEATS_AT_ONCE);
  return Array.from({ length: count }, (_, n) => all.slice(n * SEATS_AT_ONCE, (n + 1) * SEATS_AT_ONCE));
};

// What others do in an event: each job is a hold, and most are paid.
const jobsOf = async (event, share) => {
  const { zones } = await ask("GET", `/api/events/${event}/plan`);
  const { sold, wanted } = parties(zones, share);
  const kept = new Set(sold);
  const held = wanted.flat().filter((seat) => !kept.has(seat));
  return [
    ...groups(sold).map((seats) => ({ event, wish: { seats }, isPaid: true })),
    ...groups(held).map((seats) => ({ event, wish: { seats }, isPaid: false })),
  ];
};

const fillHouses = async () => {
  const jobs = [];
  for (const [event, share] of Object.entries(FULL)) jobs.push(...(await jobsOf(event, share)));
  for (const [event, count] of Object.entries(STANDING)) {
    const { ticketTypes } = await ask("GET", `/api/events/${event}`);
    const { ticketType } = ticketTypes.find((kind) => !kind.category && kind.ticketType === "standing");
    for (let left = count; left > 0; left -= SEATS_AT_ONCE) {
      jobs.push({ event, wish: { tickets: Math.min(left, SEATS_AT_ONCE), ticketType }, isPaid: true });
    }
  }
  const work = async () => {
    const { token } = await account();
    for (let job = jobs.pop(); job; job = jobs.pop()) {
      const { reservationId } = await holdElsewhere(token, job.event, job.wish);
      if (job.isPaid) await payElsewhere(token, reservationId);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
};

const plain = async (reader) => {
  const { page } = reader;
  if (reader.language !== "en") {
    await reader.visit("/");
    await take(reader, "home");
    return;
  }
  const pages = { home: "/", "home-searched": "/?query=beethovn", event: `/events/${EVENT}`, "event-to-open": "/events/hamlet-hudson", "event-standing": "/events/marea-alta", "sign-in": "/sign-in", "sign-up": "/sign-up", missing: "/nowhere" };
  for (const [name, path] of Object.entries(pages)) {
    await reader.visit(path);
    await take(reader, name);
  }
  await reader.visit("/sign-in");
  await reader.press(page.locator("main form button.go"));
  await page.locator("#errors").waitFor();
  await take(reader, "sign-in-errors");
};

// From the map to the tickets, with the states between.
const buying = async (reader) => {
  const { page, words } = reader;
  await buyer.signedIn(reader, await account());
  await buyer.openRoom(reader, "estadio-de-luz");
  await take(reader, "seats-arena");
  await buyer.openRoom(reader, EVENT);
  await take(reader, "seats");
  await buyer.openSheet(reader);
  if (reader.isPhone) await take(reader, "seats-list");
  await reader.press(page.locator("[data-act=best]"));
  await buyer.isHeld(reader);
  await buyer.closeSheet(reader);
  for (let step = 0; step < 3; step++) await reader.press(page.locator("[data-act=in]"));
  await take(reader, "seats-held");
  await buyer.goToPay(reader);
  await take(reader, "checkout");
  await buyer.choosePay(reader, words.card_declined);
  await buyer.pay(reader);
  await page.getByText(words.declined_title).waitFor();
  await page.evaluate(() => window.scrollTo(0, 0));
  await take(reader, "checkout-declined");
  await buyer.choosePay(reader, words.card_good);
  await buyer.pay(reader);
  await buyer.hasTickets(reader, 2);
  await take(reader, "order-paid");
  await reader.visit(new URL(page.url()).pathname);
  await buyer.hasTickets(reader, 2);
  await take(reader, "tickets");
  const dialog = await buyer.giveBack(reader);
  await take(reader, "giving-back");
  await reader.press(reader.button(words.keep_tickets, dialog));
  await reader.visit("/orders");
  await page.getByRole("link", { name: words.show_tickets }).first().waitFor();
  await take(reader, "orders");
};

// What organisers see of their events, one of them and an order.
const organising = async (reader) => {
  const { page } = reader;
  await buyer.signedIn(reader, ORGANISER);
  await reader.visit("/organiser");
  await page.locator(".nights li").first().waitFor();
  await take(reader, "organiser-events");
  await reader.visit(`/organiser/events/${EVENT}`);
  await page.locator("#coming").waitFor({ state: "hidden" });
  await page.locator("#rows a").first().waitFor();
  await take(reader, "organiser-event");
  await reader.press(page.locator("#rows a").first());
  await reader.arrives(new RegExp(`^/organiser/events/${EVENT}/orders/`));
  await page.locator("main h1").waitFor();
  await take(reader, "organiser-order");
};

// The editor with a hall in it, and the list of halls.
const drawing = async (reader) => {
  const { page, words } = reader;
  await buyer.signedIn(reader, ORGANISER);
  const { token } = await ask("POST", "/api/auth/login", { body: ORGANISER });
  const { items } = await ask("GET", "/api/admin/venues?limit=1", { token });
  const name = `Teatro del Faro ${reader.language} ${reader.device}`;
  const { hallId } = await ask("POST", `/api/admin/venues/${items[0].id}/halls`, { token, body: { name } });
  await reader.visit(`/organiser/halls/${hallId}`);
  await page.locator("#plan[data-drawn]").waitFor();
  await page.locator("#plan").focus();
  for (const key of ["c", "Enter"]) await page.keyboard.press(key);
  const fields = { rows: "14", seats: "24", curve: "70", more: "2", aisles: "8, 16", name: words.hall_block_word };
  for (const [field, value] of Object.entries(fields)) await page.locator(`#f-${field}`).fill(value);
  await page.locator("[data-act=fit]").click();
  await page.evaluate(() => window.scrollTo(0, 0));
  await take(reader, "hall-editor");
  await reader.visit("/organiser/halls");
  await page.locator(".halls li").first().waitFor();
  await take(reader, "halls");
};

// An organisation, its keys and its log; and the installation.
const staffing = async (reader) => {
  const { page } = reader;
  const token = (await ask("POST", "/api/auth/login", { body: STAFF })).token;
  const name = `Teatro del Faro ${reader.language} ${reader.device}`;
  const { id } = await ask("POST", "/api/admin/organisations", { token, body: { name } });
  for (const [email, roles] of [["ines@example.com", ["organiser"]], ["tomas@example.com", ["box_office", "gate"]]]) {
    await ask("POST", `/api/admin/organisations/${id}/invitations`, { token, body: { email, roles } });
  }
  await buyer.signedIn(reader, STAFF);
  const pages = {
    people: [`/organiser/organisation?of=${id}`, "#invitation-rows"], keys: ["/organiser/keys", "#keys"],
    "audit-log": ["/organiser/audit", "#entry-rows"], settings: ["/organiser/settings", "#s-banner"],
    accounts: ["/organiser/users", "#user-rows"], security: ["/account/security", "[data-act=set-up]"],
  };
  for (const [picture, [path, shown]] of Object.entries(pages)) {
    await reader.visit(path);
    await page.locator(shown).waitFor();
    await page.locator("#desk-links a").first().waitFor();
    await take(reader, picture);
  }
  const { token: invitation } = await ask("POST", `/api/admin/organisations/${id}/invitations`, {
    token, body: { email: "lea@example.com", roles: ["organiser"] },
  });
  await reader.visit(`/invitation?token=${invitation}`);
  await page.locator("[data-act=accept]").waitFor();
  await take(reader, "invitation");
};

// From the lobby to one's turn, the proof, and who steers the line.
const LINE = "cyrano-lilas";
const QUEUE = `/events/${LINE}/queue`;
const IN_LINE = {
  line: [{}, {}],
  "line-paused": [{ paused: true, message: PAUSE }, { paused: true, message: PAUSE, wait: undefined }],
  "line-turn": [{}, { state: "admitted", wait: undefined, admission: { token: "t", expiresAt: new Date(Date.now() + 600_000).toISOString() } }],
};

const waiting = async (reader) => {
  const { page } = reader;
  const titles = { line: reader.words.in_line, "line-paused": reader.words.in_line, "line-turn": reader.words.your_turn };
  await reader.visit(`/events/${LINE}`);
  await take(reader, "event-with-line");
  await reader.visit(QUEUE);
  await reader.press(page.locator("[data-act=join]"));
  await page.locator("[data-act=leave]").waitFor();
  await take(reader, "line-lobby");
  await reader.visit(`${QUEUE}/proof`);
  await take(reader, "line-proof");
  for (const [name, [view, place]] of Object.entries(IN_LINE)) {
    await line.tells(reader, { view: line.view(view), place: line.place(place) });
    await reader.visit(QUEUE);
    await page.getByRole("heading", { name: titles[name], level: 1 }).waitFor();
    await page.locator(".place .yours").waitFor();
    if (name === "line-paused") await page.getByText(PAUSE).waitFor();
    await take(reader, name);
  }
};

const steering = async (reader) => {
  const { page } = reader;
  await buyer.signedIn(reader, STAFF);
  await line.controls(reader);
  await reader.visit(`/organiser/events/${LINE}`);
  await page.locator("#line .curve").first().waitFor();
  await page.locator("#line").evaluate((section) => section.scrollIntoView());
  await take(reader, "organiser-line");
};

// What a test is to a reader, for whom nothing is at stake here.
const nobody = { after: () => {} };

const only = process.env.ONLY && new RegExp(process.env.ONLY);
const parts = [plain, buying, organising, drawing, staffing, waiting, steering].filter((part) => !only || only.test(part.name));

mkdirSync(folder, { recursive: true });
if (!only) for (const file of readdirSync(folder)) if (file.endsWith(".png")) rmSync(join(folder, file));
if ([plain, buying, organising].some((part) => parts.includes(part))) {
  console.log("filling the houses");
  await fillHouses();
}
await line.setRoom(LINE, { startsIn: 1_800 });
for (const language of ["en", "es"]) {
  for (const device of DEVICES) {
    console.log(`taking pictures: ${language}, ${device}`);
    for (const part of parts) {
      const reader = await Reader.begin(nobody, { language, device });
      // A finger leaves its mark on what it pressed for a moment.
      reader.press = (locator) => locator.click();
      await part(reader);
      await reader.context.close();
    }
  }
}
await closeBrowser();
console.log(`${taken} pictures, ${(bytes / 1_000_000).toFixed(1)} MB, in ${folder}`);
