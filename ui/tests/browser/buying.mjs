// The buyer's whole way, from the search to the refund: both languages, phone and desktop, by map, by list, by letting
// the house choose, and by keys alone. Each step is looked at by axe in both lights, and survives a reload.
import assert from "node:assert/strict";
import { Reader } from "./harness/browser.mjs";
import { holds } from "./harness/test.mjs";
import * as buyer from "./harness/steps.mjs";

const WAYS = [
  { language: "en", device: "desktop", choose: "map", event: "le-misanthrope", typed: "misantrope", name: "Le Misanthrope" },
  { language: "es", device: "phone", choose: "map", event: "auto-da-barca", typed: "auto da varca", name: "Auto da Barca do Inferno" },
  { language: "en", device: "phone", choose: "list", event: "bodas-de-sangre", typed: "bodas de sangra", name: "Bodas de sangre" },
  { language: "es", device: "desktop", choose: "best", event: "brahms-requiem", typed: "brams requiem", name: "Brahms: Ein deutsches Requiem" },
];

const choose = {
  map: (reader) => buyer.chooseOnMap(reader, 2),
  list: (reader) => buyer.chooseFromList(reader, 2),
  best: (reader) => buyer.openSheet(reader),
};

const toEvent = async (reader, { event, typed, name }) => {
  const found = await buyer.findEvent(reader, typed, name);
  await reader.check("home, searched");
  await reader.press(found);
  await reader.arrives(`/events/${event}`);
  await reader.press(reader.link(reader.words.choose_seats));
  await reader.arrives(`/events/${event}/seats`);
  await buyer.roomIsReady(reader);
};

// Nobody can hold without an account: the way to one leads back to the choice.
const toHold = async (reader, way) => {
  const { page, words } = reader;
  const press = () => reader.press(page.locator(way.choose === "best" ? "[data-act=best]" : "[data-act=hold]"));
  reader.expects(401, "/api/auth/refresh");
  await choose[way.choose](reader);
  await reader.check("seats, chosen");
  await press();
  await reader.arrives(/^\/sign-in\?/);
  await reader.press(reader.link(words.make_account));
  await reader.arrives(/^\/sign-up\?/);
  await buyer.signUp(reader);
  await reader.arrives(new RegExp(`^/events/${way.event}/seats`));
  await buyer.roomIsReady(reader);
  if (way.choose === "best") await buyer.openSheet(reader);
  else await page.locator("#mine .plate").nth(1).waitFor();
  await press();
  await buyer.isHeld(reader);
  assert.equal(await page.locator("#mine .plate.yours").count(), 2, "both seats are on amber plates");
  await reader.check("seats, held");
  await reader.reload();
  await buyer.isHeld(reader);
};

const toOrder = async (reader) => {
  const { page, words } = reader;
  await buyer.goToPay(reader);
  await reader.check("checkout");
  await reader.reload();
  await buyer.formIsReady(reader);
  const full = await buyer.payButton(reader).textContent();
  await page.fill("#promo", "welcome10");
  await reader.press(reader.button(words.apply));
  await reader.button(words.remove).waitFor();
  assert.notEqual(await buyer.payButton(reader).textContent(), full, "the code is in the price on the button");
  await reader.check("checkout, promo code");
  await buyer.pay(reader);
  await buyer.hasTickets(reader, 2);
  await page.getByText(words.paid_title).waitFor();
  await reader.check("order, just paid");
  await reader.reload();
  await buyer.hasTickets(reader, 2);
  await buyer.downloads(reader);
};

const toRefund = async (reader, { name }) => {
  const { page, words } = reader;
  await reader.press(reader.link(words.all_orders));
  await reader.arrives("/orders");
  await page.getByRole("listitem").filter({ hasText: name }).waitFor();
  await reader.check("orders");
  await reader.press(reader.link(words.show_tickets));
  await buyer.hasTickets(reader, 2);
  const dialog = await buyer.giveBack(reader);
  await reader.check("order, giving back");
  await buyer.giveBackForGood(reader, dialog);
  await reader.check("order, given back");
};

for (const way of WAYS) {
  holds(`a buyer's whole way: ${way.choose}, ${way.language}, ${way.device}`, async (test) => {
    const reader = await Reader.begin(test, way);
    await toEvent(reader, way);
    await toHold(reader, way);
    await toOrder(reader);
    await toRefund(reader, way);
  });
}
