// Two browsers at one seat: one has it, the other sees so at once and is offered the nearest equal ones.
import assert from "node:assert/strict";
import { account, event, hold, pay, says, seatIds } from "./harness/api.mjs";
import { Reader, TWO_LOOKS } from "./harness/browser.mjs";
import { holds } from "./harness/test.mjs";
import * as buyer from "./harness/steps.mjs";

const state = (reader, seat) => reader.page.locator(`#sl [data-seat="${seat}"]`);

const inTheRoom = async (test, id, options) => {
  const reader = await Reader.begin(test, options);
  await buyer.signedIn(reader, await account());
  await buyer.openRoom(reader, id);
  return reader;
};

const LOST = {
  en: /.+ was taken while you were choosing\. .+ free, same price\./,
  es: /Alguien se ha llevado .+ mientras elegías\. .+ al mismo precio\./,
};
const FASTER = {
  en: /Somebody was faster for .+\. Nothing is held\. .+ free, same price\./,
  es: /Alguien se adelantó en .+\. No hay nada reservado\. .+ al mismo precio\./,
};

for (const [wins, loses] of [TWO_LOOKS, [...TWO_LOOKS].reverse()]) {
  holds(`two browsers at one seat: the loser sees it go and takes what is offered: ${loses.language}, ${loses.device}`, async (test) => {
    const id = await event({ name: `Dos a la vez ${loses.language}` });
    const [first, second] = await Promise.all([
      inTheRoom(test, id, wins),
      inTheRoom(test, id, loses),
    ]);
    const [seat] = await buyer.chooseFromList(first, 1, { row: 1 });
    assert.deepEqual(await buyer.chooseFromList(second, 1, { row: 1 }), [seat], "both want the same seat");
    await buyer.hold(first);
    // Nobody pressed anything here: the stream told it.
    const told = second.page.locator("#told .notice");
    await told.waitFor();
    assert.match(await told.textContent(), LOST[loses.language]);
    await state(second, seat).waitFor({ state: "detached" });
    assert.equal(await second.page.locator("#mine .plate").count(), 0, "the lost seat is out of the tray");
    await second.check("seats, lost while choosing");
    await second.press(second.page.locator("[data-act=remedy]"));
    await second.page.locator("#mine .plate").waitFor();
    await buyer.hold(second);
    const shown = await second.page.locator("#mine .plate b").textContent();
    assert.notEqual(shown, await first.page.locator("#mine .plate b").textContent(), "two people have two seats");
  });
}

for (const look of TWO_LOOKS) {
  holds(`two browsers press Hold at the same moment, the loser is told what is free: ${look.language}, ${look.device}`, async (test) => {
    const id = await event({ name: `Foto finish ${look.language}` });
    const readers = await Promise.all([look, look].map((same) => inTheRoom(test, id, same)));
    for (const reader of readers) {
      reader.expects(409, "/api/bookings/reserve");
      // The stream is cut, so that nobody is warned before the answer.
      await reader.context.route("**/live*", (route) => route.abort());
      await buyer.openRoom(reader, id);
    }
    await Promise.all(readers.map((reader) => buyer.chooseFromList(reader, 1, { row: 1 })));
    await Promise.all(readers.map((reader) => reader.press(reader.page.locator("[data-act=hold]"))));
    const outcome = (reader) =>
      Promise.race([
        reader.page.locator("[data-act=pay]").waitFor().then(() => "held"),
        reader.page.locator("#told .notice").waitFor().then(() => "told"),
      ]);
    const outcomes = await Promise.all(readers.map(outcome));
    assert.deepEqual([...outcomes].sort(), ["held", "told"], "one seat, one holder");
    const loser = readers[outcomes.indexOf("told")];
    assert.match(await loser.page.locator("#told").textContent(), FASTER[look.language]);
    await loser.check("seats, somebody was faster");
    await loser.press(loser.page.locator("[data-act=remedy]"));
    await buyer.isHeld(loser);
  });
}

holds("seats that are sold and given back change for whoever looks on, without a reload", async (test) => {
  const id = await event({ name: "En directo" });
  const reader = await Reader.begin(test);
  await buyer.openRoom(reader, id);
  const free = async () => Number(await reader.page.locator("#free").textContent());
  const becomes = (count) =>
    reader.page.waitForFunction((wanted) => document.getElementById("free").textContent === wanted, String(count));
  const before = await free();
  const { token } = await account();
  const [seat] = await seatIds(id);
  const held = await hold(token, id, { seats: [seat] });
  await becomes(before - 1);
  await pay(token, held.reservationId);
  await becomes(before - 1);
  assert.equal(await reader.page.locator("#livecount.paused").count(), 0, "the stream is on");
});

holds("sold out: the page says so and offers nothing to press", async (test) => {
  const id = await event({ name: "Todo vendido", rows: 1, seats: 2 });
  const { token } = await account();
  const { reservationId } = await hold(token, id, { seats: await seatIds(id) });
  for (const language of ["en", "es"]) {
    const reader = await Reader.begin(test, { language, device: language === "en" ? "desktop" : "phone" });
    if (language === "en") {
      await buyer.openRoom(reader, id);
      await reader.check("seats, all held");
      await pay(token, reservationId);
    }
    const { page, words } = reader;
    await says(`/events/${id}?lang=${language}`, words.sold_out_more);
    await reader.visit(`/events/${id}`);
    await page.getByText(words.sold_out_more).waitFor();
    assert.equal(await page.getByRole("link", { name: words.choose_seats }).count(), 0, "there is nothing to choose");
    await reader.check("event, sold out");
  }
});
