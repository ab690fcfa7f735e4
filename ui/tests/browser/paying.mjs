// What can go otherwise while paying: a bank that says no, asks, or takes its time; a hold that ends.
import assert from "node:assert/strict";
import { account, event, hold as holdElsewhere, seatIds } from "./harness/api.mjs";
import { PATIENCE_MS, Reader, TWO_LOOKS } from "./harness/browser.mjs";
import { holds } from "./harness/test.mjs";
import * as buyer from "./harness/steps.mjs";

const HOLD_SECONDS = 60;
const ENDED = {
  en: /Your time ran out\. Your seats are back on sale; you were not charged\./,
  es: /Se acabó el tiempo\. Tus asientos vuelven a la venta; no se te ha cobrado\./,
};

// Signed in, with two seats held, at the form.
const atTheForm = async (test, options, name) => {
  const id = await event({ name: `${name} ${options.language}` });
  const person = await account();
  const seats = (await seatIds(id)).slice(6, 8);
  const { reservationId } = await holdElsewhere(person.token, id, { seats });
  const reader = await Reader.begin(test, options);
  await buyer.signedIn(reader, person);
  await reader.visit(`/checkout/${reservationId}`);
  await buyer.formIsReady(reader);
  return { reader, id, reservationId, person };
};

// These take a minute each, so they begin first.
for (const [room, form] of [TWO_LOOKS, [...TWO_LOOKS].reverse()]) {
  const name = `a hold that ends says so, and what was held is offered again: room ${room.language}, form ${form.language}`;
  holds(name, async (test) => {
    const id = await event({ name: `Un minuto ${room.language}`, holdSeconds: HOLD_SECONDS });
    const person = await account();
    const reader = await Reader.begin(test, room);
    await buyer.signedIn(reader, person);
    await buyer.openRoom(reader, id);
    await buyer.chooseFromList(reader, 2);
    await buyer.hold(reader);
    await buyer.closeSheet(reader);
    const other = await Reader.begin(test, form);
    await buyer.signedIn(other, person);
    const path = await reader.page.locator("[data-act=pay]").getAttribute("href");
    await other.visit(path);
    await buyer.formIsReady(other);
    const long = { timeout: HOLD_SECONDS * 1_000 + PATIENCE_MS };
    const told = reader.page.locator("#told .notice");
    await Promise.all([told.waitFor(long), other.page.locator("#ended").waitFor(long)]);
    assert.match(await told.textContent(), ENDED[room.language]);
    assert.equal(await other.page.locator("#ended").textContent(), other.words.time_out_title);
    await reader.check("seats, time is over");
    await other.check("checkout, time is over");
    await other.press(other.button(other.words.same_seats));
    await other.page.waitForURL((url) => url.pathname !== path && buyer.CHECKOUT.test(url.pathname));
    await buyer.formIsReady(other);
  });
}

for (const look of TWO_LOOKS) {
  holds(`declined, then paid by another card: ${look.language}, ${look.device}`, async (test) => {
    const { reader } = await atTheForm(test, look, "Rechazo");
    const { page, words } = reader;
    reader.expects(402, "/api/bookings/confirm");
    await buyer.choosePay(reader, words.card_declined);
    await buyer.pay(reader);
    await page.getByText(words.declined_title).waitFor();
    await reader.focusComesTo("said");
    assert.ok(await page.getByText(words.reason_funds).isVisible(), "the bank's reason is told");
    await reader.check("checkout, declined");
    await reader.reload();
    await page.getByText(words.declined_title).waitFor();
    await buyer.choosePay(reader, words.card_good);
    await buyer.pay(reader);
    await buyer.hasTickets(reader, 2);
  });

  holds(`the bank asks: approved on its page, ${look.language}, ${look.device}`, async (test) => {
    const { reader } = await atTheForm(test, look, "Banco");
    const { page, words } = reader;
    await buyer.choosePay(reader, words.card_redirect);
    await buyer.pay(reader);
    await page.waitForURL(/\/sandbox\/pay\//);
    await reader.press(page.getByRole("button", { name: "Approve" }));
    await buyer.hasTickets(reader, 2);
  });
}

for (const look of TWO_LOOKS) {
  holds(`the bank asks: the back button leads to a page that says so and goes on: ${look.language}, ${look.device}`, async (test) => {
    const { reader } = await atTheForm(test, look, "Vuelta");
    const { page, words } = reader;
    await buyer.choosePay(reader, words.card_redirect);
    await buyer.pay(reader);
    await page.waitForURL(/\/sandbox\/pay\//);
    await reader.back();
    await page.getByText(words.at_bank_title).waitFor();
    await reader.check("checkout, at the bank");
    await reader.reload();
    await reader.press(reader.link(words.go_to_bank));
    await page.waitForURL(/\/sandbox\/pay\//);
    await reader.press(page.getByRole("button", { name: "Approve" }));
    await buyer.hasTickets(reader, 2);
  });
}

for (const look of TWO_LOOKS) {
  holds(`the bank asks and the payer declines: the hold stays, another card pays: ${look.language}, ${look.device}`, async (test) => {
    const { reader } = await atTheForm(test, look, "Negativa");
    const { page, words } = reader;
    await buyer.choosePay(reader, words.card_redirect);
    await buyer.pay(reader);
    await page.waitForURL(/\/sandbox\/pay\//);
    await reader.press(page.getByRole("button", { name: "Decline" }));
    await reader.arrives(buyer.CHECKOUT);
    await page.getByText(words.declined_title).waitFor();
    await buyer.choosePay(reader, words.card_good);
    await buyer.pay(reader);
    await buyer.hasTickets(reader, 2);
  });
}

holds("a slow bank: a reload in the middle finds the same payment, and it is paid once", async (test) => {
  const { reader, person } = await atTheForm(test, TWO_LOOKS[0], "Lento");
  const { page, words } = reader;
  await buyer.choosePay(reader, words.card_slow);
  const sent = page.waitForRequest(/\/api\/bookings\/confirm/);
  await buyer.pay(reader);
  await sent;
  await reader.reload();
  await buyer.hasTickets(reader, 2);
  await reader.visit("/orders");
  await page.getByRole("link", { name: words.show_tickets }).first().waitFor();
  assert.equal(await page.getByRole("link", { name: words.show_tickets }).count(), 1, `${person.email} paid once`);
});

