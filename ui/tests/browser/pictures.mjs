// Takes the pictures of all pages, at the widths of a phone and a desktop, by day and by night, in English and some in
// Spanish; small enough to be kept with the sources.
//
//   node pictures.mjs FOLDER
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { account, ask, hold as holdElsewhere, pay as payElsewhere, seatIds } from "./harness/api.mjs";
import { Reader, closeBrowser } from "./harness/browser.mjs";
import { small } from "./harness/png.mjs";
import * as buyer from "./harness/steps.mjs";

const folder = process.argv[2] ?? "pictures";
const EVENT = "le-misanthrope";
const DEVICES = ["phone", "desktop"];
const WIDTHS = { phone: 390, desktop: 1440 };
// A house in which some seats are sold and some are held looks as it does on a good evening.
const SOLD_SHARE = 0.35;
const HELD_SHARE = 0.05;
const SEATS_A_BUYER = 6;
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

// Others buy and hold seats, some of each row.
const fillHouse = async () => {
  const random = dice(7);
  const seats = await seatIds(EVENT);
  const wanted = seats.map((seat) => ({ seat, fate: random() }));
  const sold = wanted.filter(({ fate }) => fate < SOLD_SHARE).map(({ seat }) => seat);
  const held = wanted.filter(({ fate }) => fate >= SOLD_SHARE && fate < SOLD_SHARE + HELD_SHARE).map(({ seat }) => seat);
  const groups = (all) => Array.from({ length: Math.ceil(all.length / SEATS_A_BUYER) }, (_, n) => all.slice(n * SEATS_A_BUYER, (n + 1) * SEATS_A_BUYER));
  const jobs = [...groups(sold).map((group) => ({ group, isSold: true })), ...groups(held).map((group) => ({ group }))];
  const work = async () => {
    for (let job = jobs.pop(); job; job = jobs.pop()) {
      const { token } = await account();
      const { reservationId } = await holdElsewhere(token, EVENT, { seats: job.group });
      if (job.isSold) await payElsewhere(token, reservationId);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
};

const plain = async (reader) => {
  const { page } = reader;
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
const buying = async (reader, person) => {
  const { page, words } = reader;
  await buyer.signedIn(reader, person);
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

// What a test is to a reader, for whom nothing is at stake here.
const nobody = { after: () => {} };

mkdirSync(folder, { recursive: true });
for (const file of readdirSync(folder)) if (file.endsWith(".png")) rmSync(join(folder, file));
await ask("GET", `/api/events/${EVENT}`);
console.log("filling the house");
await fillHouse();
for (const language of ["en", "es"]) {
  for (const device of DEVICES) {
    const reader = await Reader.begin(nobody, { language, device });
    // A finger leaves its mark on what it pressed for a moment.
    reader.press = (locator) => locator.click();
    console.log(`taking pictures: ${language}, ${device}`);
    if (language === "en") await plain(reader);
    else {
      await reader.visit("/");
      await take(reader, "home");
    }
    await buying(reader, await account());
    await reader.context.close();
  }
}
await closeBrowser();
console.log(`${taken} pictures, ${(bytes / 1_000_000).toFixed(1)} MB, in ${folder}`);
