// Paying by bank transfer, and an order that is given up while it is being paid.
import assert from "node:assert/strict";
import { account, event, hold as holdElsewhere, seatIds } from "./harness/api.mjs";
import { Reader, TWO_LOOKS } from "./harness/browser.mjs";
import { holds } from "./harness/test.mjs";
import * as buyer from "./harness/steps.mjs";

// Signed in, two seats held, and the way of a transfer chosen and paid by.
const whileItTravels = async (test, options, name) => {
  const id = await event({ name: `${name} ${options.language}`, bankTransfers: true });
  const person = await account();
  const seats = (await seatIds(id)).slice(6, 8);
  const { reservationId } = await holdElsewhere(person.token, id, { seats });
  const reader = await Reader.begin(test, options);
  await buyer.signedIn(reader, person);
  await reader.visit(`/checkout/${reservationId}`);
  await buyer.formIsReady(reader);
  await buyer.choosePay(reader, reader.words.bank_transfer);
  await buyer.pay(reader);
  await reader.page.getByRole("heading", { name: reader.words.transfer_title }).waitFor();
  return { reader, id, person, seats, reservationId };
};

for (const look of TWO_LOOKS) {
  holds(`a bank transfer: what to write on it is told, and money that arrives is tickets: ${look.language}, ${look.device}`, async (test) => {
    const { reader, reservationId } = await whileItTravels(test, look, "Transferencia");
    const { page, words } = reader;
    const told = await page.locator("section[aria-labelledby=transfer] dl").textContent();
    assert.match(told, /IBAN\s*[A-Z]{2}\d{2}/);
    assert.match(told, new RegExp(words.transfer_reference));
    await reader.check("checkout, transfer");
    await reader.reload();
    await page.getByRole("heading", { name: words.transfer_title }).waitFor();
    // The payer's bank sends it.
    const url = await page.getByRole("link", { name: words.transfer_page }).getAttribute("href");
    const bank = await reader.page.context().newPage();
    await bank.goto(url);
    await bank.getByRole("button").click();
    await bank.getByText("The money has arrived").waitFor();
    await bank.close();
    await page.waitForURL(/\/orders\//);
    await buyer.hasTickets(reader, 2);
    assert.ok(reservationId);
  });

  holds(`an order that waits for a transfer is cancelled, and its seats are on sale again: ${look.language}, ${look.device}`, async (test) => {
    const { reader, id, seats } = await whileItTravels(test, look, "Renuncia");
    const { page, words } = reader;
    await reader.press(reader.button(words.cancel_order));
    await page.locator("#ended").waitFor();
    assert.equal(await page.locator("#ended").textContent(), words.gave_up_title);
    await reader.check("checkout, given up");
    const other = await account();
    assert.ok((await holdElsewhere(other.token, id, { seats })).reservationId, "another holds them");
    await reader.visit("/orders");
    await page.getByRole("link", { name: words.show_order }).first().click();
    await page.getByText(words.given_up_title).waitFor();
    await reader.check("an order that was given up");
  });
}
