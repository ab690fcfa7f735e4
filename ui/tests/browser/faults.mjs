// What breaks around the buyer: the network, the server, the script; and the way back.
import assert from "node:assert/strict";
import { account, event } from "./harness/api.mjs";
import { Reader, TWO_LOOKS } from "./harness/browser.mjs";
import { holds } from "./harness/test.mjs";
import * as buyer from "./harness/steps.mjs";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";

const problem = (status, code) => ({
  status,
  contentType: "application/problem+json",
  body: JSON.stringify({ type: `/problems/${code}`, title: code, status, detail: "…", instance: "/", code, traceId: TRACE }),
});

const inTheRoom = async (test, name, options) => {
  const id = await event({ name });
  const reader = await Reader.begin(test, options);
  await buyer.signedIn(reader, await account());
  await buyer.openRoom(reader, id);
  return { reader, id };
};

for (const look of TWO_LOOKS) {
  holds(`the network goes and comes back, nothing is lost or done twice: ${look.language}, ${look.device}`, async (test) => {
    const { reader } = await inTheRoom(test, `Sin red ${look.language}`, look);
    const { page, context, words } = reader;
    const bar = page.locator(".bar");
    await buyer.chooseFromList(reader, 2);
    await context.setOffline(true);
    await bar.getByText(words.offline).waitFor();
    await reader.press(page.locator("[data-act=hold]"));
    await page.locator("#told .notice").getByText(words.no_answer).waitFor();
    await reader.check("seats, offline");
    await context.setOffline(false);
    await bar.getByText(words.back_online).waitFor();
    assert.equal(await page.locator("#mine .plate").count(), 2, "the choice is still there");
    await buyer.hold(reader);
    await buyer.goToPay(reader);
    await context.setOffline(true);
    await bar.getByText(words.offline).waitFor();
    await buyer.pay(reader);
    await page.getByText(words.unknown_title).waitFor();
    await reader.check("checkout, no answer");
    await context.setOffline(false);
    await reader.press(buyer.payButton(reader));
    await buyer.hasTickets(reader, 2);
  });
}

holds("back and forward from room to form and tickets: what is shown is always as it stands", async (test) => {
  const { reader, id } = await inTheRoom(test, "Atrás");
  const { page, words } = reader;
  await buyer.chooseFromList(reader, 2);
  await buyer.hold(reader);
  await buyer.goToPay(reader);
  await reader.back();
  await buyer.isHeld(reader);
  await page.goForward({ waitUntil: "domcontentloaded" });
  await buyer.formIsReady(reader);
  await reader.press(reader.link(words.change_seats));
  await reader.arrives(new RegExp(`^/events/${id}/seats`));
  await buyer.isHeld(reader);
  await buyer.chooseFromList(reader, 1, { row: 1 });
  await buyer.hold(reader);
  assert.equal(await page.locator("#mine .plate.yours").count(), 3, "the third seat is beside the others");
  await buyer.goToPay(reader);
  await buyer.pay(reader);
  await buyer.hasTickets(reader, 3);
  // Paying replaced the form: back is the room, where nothing is held any more.
  await reader.back();
  await reader.arrives(new RegExp(`^/events/${id}/seats`));
  await page.locator("#nothing").waitFor();
  assert.equal(await page.locator("[data-act=pay]").count(), 0, "what is paid cannot be paid again");
});

holds("what is held can be given back, and is free again", async (test) => {
  const { reader } = await inTheRoom(test, "Devuelto");
  const { page, words } = reader;
  const [first] = await buyer.chooseFromList(reader, 2);
  await buyer.hold(reader);
  await page.locator("#mine .plate").first().click();
  await page.locator("#mine .plate").nth(1).waitFor({ state: "detached" });
  await page.locator(`#sl [data-seat="${first}"][aria-pressed="false"]`).waitFor();
  await reader.press(page.locator("[data-act=back]"));
  await page.locator("#nothing").waitFor();
  await page.getByText(words.given_all_back).waitFor({ state: "attached" });
});

for (const language of ["en", "es"]) {
  holds(`an error of ours tells its number, an address that is not there what to do: ${language}`, async (test) => {
    const { reader } = await inTheRoom(test, `Fallo ${language}`, { language, device: language === "en" ? "desktop" : "phone" });
    const { page, words } = reader;
    reader.expects(500, "/api/");
    reader.expects(404, "/");
    await page.route("**/api/bookings/reserve", (route) => route.fulfill(problem(500, "internal")));
    await buyer.chooseFromList(reader, 1);
    await reader.press(page.locator("[data-act=hold]"));
    await page.locator("#told code").waitFor();
    assert.equal(await page.locator("#told code").textContent(), TRACE, "the number to name is shown");
    await reader.check("seats, an error");
    await page.route("**/api/bookings?*", (route) => route.fulfill(problem(500, "internal")));
    await reader.visit("/orders");
    await page.getByText(TRACE, { exact: true }).waitFor();
    await reader.check("orders, an error");
    await page.unroute("**/api/bookings?*");
    await reader.press(reader.button(words.try_again));
    await page.getByText(words.orders_none_title).waitFor();
    await reader.check("orders, none yet");
    for (const path of ["/nowhere", "/events/no-such-event", "/events/no-such-event/seats"]) {
      const answer = await page.goto(path);
      assert.equal(answer.status(), 404, path);
      await reader.awake();
      await page.getByRole("heading", { name: words.missing_title }).waitFor();
      await reader.check(path);
      assert.ok(await reader.link(words.see_all).isVisible(), "there is a way on");
    }
    // A list that cannot be read: the server's own page for it.
    await reader.context.grantPermissions(["clipboard-read", "clipboard-write"]);
    reader.expects(503, "/");
    await reader.visit("/?cursor=no-such-place");
    await page.getByRole("heading", { name: words.away_title }).waitFor();
    assert.match(await page.locator("main code").textContent(), /^[0-9a-f]{32}$/, "the number to name is shown");
    await reader.press(reader.button(words.copy));
    await page.waitForFunction(async () => /^[0-9a-f]{32}$/.test(await navigator.clipboard.readText()));
    await reader.check("home, an error");
    const nobody = "0193f0c4-1111-7222-8333-444455556666";
    for (const [path, title] of [[`/checkout/${nobody}`, words.hold_missing_title], [`/orders/${nobody}`, words.order_missing_title]]) {
      await reader.visit(path);
      await page.getByRole("heading", { name: title }).waitFor();
      await reader.check(path);
    }
  });
}

const PLAIN = {
  "/": (words) => [words.hero, words.search],
  "/?query=zzzzqqq": (words) => [words.none_title],
  "/events/le-misanthrope": (words) => [words.choose_seats, words.nothing_added, "Le Misanthrope"],
  "/events/le-misanthrope/seats": (words) => [words.from_a_list, words.choosing_needs_script],
  "/events/marea-alta": (words) => [words.needs_script, "Marea Alta"],
  "/sign-in": (words) => [words.email, words.password],
  "/sign-up": (words) => [words.name, words.password_hint],
  "/forgot-password": (words) => [words.forgot_lede],
  "/orders": (words) => [words.orders_needs_script],
  "/orders/0193f0c4-1111-7222-8333-444455556666": (words) => [words.orders_needs_script],
  "/checkout/0193f0c4-1111-7222-8333-444455556666": (words) => [words.needs_script],
  "/nowhere": (words) => [words.missing_title],
};

for (const language of ["en", "es"]) {
  holds(`without JavaScript each page can be read, searched and turned to the other language: ${language}`, async (test) => {
    const reader = await Reader.begin(test, { language, device: language === "en" ? "phone" : "desktop", script: false });
    const { page, words } = reader;
    reader.expects(404, "/nowhere");
    for (const [path, texts] of Object.entries(PLAIN)) {
      await page.goto(path);
      const seen = await page.locator("body").innerText();
      for (const text of texts(words)) assert.ok(seen.includes(text), `${path} says “${text}”:\n${seen}`);
    }
    await page.goto("/");
    await page.fill("input[name=query]", "mahler");
    await page.locator("form.find button").click();
    await page.waitForURL(/query=mahler/);
    await page.getByText("Mahler: Auferstehungssinfonie").first().waitFor();
    // The list of seats is a form: another section and row, what is free there.
    await page.goto("/events/le-misanthrope/seats");
    if (reader.isPhone && !(await page.locator("#sec").isVisible())) assert.fail("without a script the list is in sight");
    await page.selectOption("#sec", { index: 1 });
    await page.locator("form.pick button").click();
    await page.waitForURL(/section=1/);
    assert.equal(await page.locator("#sec").inputValue(), "1");
    assert.ok((await page.locator("#sl [data-seat]").count()) > 10, "the row's free seats are listed");
    await page.goto("/");
    await page.locator("button[name=language]").click();
    await page.waitForLoadState();
    assert.equal(await page.getAttribute("html", "lang"), language === "en" ? "es" : "en");
  });
}
