// Those who sell: the counter's sale in three presses, seats kept back and released, an order given back in part with its
// history, notes and mails, the settlement, and the lists as files.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { STAFF, account, event, hold, pay, seatIds } from "./harness/api.mjs";
import { Reader, TWO_LOOKS } from "./harness/browser.mjs";
import { holds } from "./harness/test.mjs";
import * as buyer from "./harness/steps.mjs";

// Chooses the next seat that the keys lead to.
const choose = async (reader, key) => {
  const { page } = reader;
  const before = await page.locator("#picked").textContent();
  await page.locator("#map").focus();
  await page.keyboard.press(key);
  await page.keyboard.press("Enter");
  await page.waitForFunction((text) => document.getElementById("picked").textContent !== text, before);
};

// Looks around by keys until a seat is spoken of that is kept back; the map is told of it a moment later.
const toKept = async (reader) => {
  const { page, words } = reader;
  await page.locator("#map").focus();
  const around = ["ArrowRight", "ArrowLeft", "ArrowLeft", "ArrowUp", "ArrowRight", "ArrowRight", "ArrowDown", "ArrowDown", "ArrowLeft", "ArrowLeft"];
  const back = { ArrowRight: "ArrowLeft", ArrowLeft: "ArrowRight", ArrowUp: "ArrowDown", ArrowDown: "ArrowUp" };
  for (let round = 0; round < 10; round++) {
    for (const key of around) {
      await page.keyboard.press(key);
      if ((await page.locator("#say").textContent()).includes(words.kept_back)) return;
    }
    for (const key of around.toReversed()) await page.keyboard.press(back[key]);
    await page.waitForTimeout(300);
  }
  assert.fail("no seat around is kept back");
};

const press = (reader, act) => reader.press(reader.page.locator(`#organiser [data-act=${act}]`));

for (const look of TWO_LOOKS) {
  holds(`seats are sold on the map, printed, kept back and released: ${look.language}, ${look.device}`, async (test) => {
    const id = await event({ name: `Taquilla ${look.language}` });
    const reader = await Reader.begin(test, look);
    const { page, words } = reader;
    await buyer.signedIn(reader, STAFF);
    await reader.visit(`/organiser/events/${id}/counter`);
    await page.locator("#coming").waitFor({ state: "hidden" });
    await reader.check("the counter, nothing chosen");
    await choose(reader, "ArrowRight");
    await reader.check("the counter, a seat chosen");
    // The second press of three.
    await press(reader, "cash");
    const slip = page.locator("#sold .slip");
    await slip.first().waitFor();
    assert.equal(await slip.count(), 1);
    assert.ok(await slip.locator("svg.qr").isVisible(), "its code is there to print");
    await page.getByText(words.pick_on_map).waitFor();
    await reader.check("the counter, sold");
    await page.evaluate(() => (window.print = () => (window.printed = true)));
    await press(reader, "print");
    assert.ok(await page.evaluate(() => window.printed), "the third press prints");

    await press(reader, "again");
    await choose(reader, "ArrowRight");
    await press(reader, "block");
    await page.locator("#counter-said .good").waitFor();
    await page.getByText(words.pick_on_map).waitFor();
    await toKept(reader);
    await page.keyboard.press("Enter");
    assert.ok((await page.locator("#picked").textContent()).includes(words.kept_back));
    await press(reader, "release");
    await page.locator("#counter-said .good").waitFor();
    await page.getByText(words.pick_on_map).waitFor();
  });

  holds(`an order is given back in part, noted and told; the books agree: ${look.language}, ${look.device}`, async (test) => {
    const id = await event({ name: `Libros ${look.language}` });
    const person = await account();
    const seats = (await seatIds(id)).slice(0, 2);
    const { reservationId } = await hold(person.token, id, { seats });
    const order = await pay(person.token, reservationId);
    const reader = await Reader.begin(test, look);
    const { page, words } = reader;
    // The event has no line yet.
    reader.expects(404, `/api/admin/events/${id}/queue`);
    await buyer.signedIn(reader, STAFF);
    await reader.visit(`/organiser/events/${id}`);
    await page.locator("#mins figure").waitFor();
    assert.equal(await page.locator("#cats tbody tr").count(), 2, "two categories");
    await reader.check("where it sells");

    await reader.visit(`/organiser/events/${id}/orders/${order.orderId}`);
    await page.locator("#note").waitFor();
    await page.fill("#note", "Silla <de> ruedas");
    await reader.press(page.locator("#note-form button"));
    await page.locator("#acts-said .good").waitFor();
    await page.locator(".steps").getByText("Silla <de> ruedas").waitFor();
    await reader.press(page.locator("#refund summary"));
    await page.locator("#refund-do:not([aria-disabled])").waitFor();
    await reader.press(page.locator("[data-ticket]").first());
    await reader.press(page.locator("[value=WHOLE]"));
    await page.waitForFunction(() => document.getElementById("quote").textContent === "");
    await reader.check("what goes back is told");
    await reader.press(page.locator("#refund-do"));
    await page.locator("#acts-said").getByText(words.refund_done).waitFor();
    await page.locator(".issued").getByText(words.ticket_cancelled).waitFor();
    await reader.check("an order given back in part");

    await reader.visit(`/organiser/events/${id}/reports`);
    await page.getByText(words.books_agree).waitFor();
    await page.locator("#att-rows tr").first().waitFor();
    assert.equal(await page.locator("#att-rows tr").count(), 1, "one of two tickets is left");
    await reader.check("the books and who comes");
    for (const [act, begins] of [["csv", "Ticket,"], ["xlsx", "PK"]]) {
      const [file] = await Promise.all([page.waitForEvent("download"), press(reader, act)]);
      assert.equal(file.suggestedFilename(), `${id}-attendees.${act}`);
      assert.equal((await readFile(await file.path())).subarray(0, begins.length).toString(), begins);
    }
  });
}
