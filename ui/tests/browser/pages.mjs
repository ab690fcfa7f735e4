// Each page as it first appears: both languages, phone and desktop, both lights; forms and what they say.
import assert from "node:assert/strict";
import { account, event, somebody } from "./harness/api.mjs";
import { LOOKS, Reader, TWO_LOOKS } from "./harness/browser.mjs";
import { holds } from "./harness/test.mjs";
import * as buyer from "./harness/steps.mjs";

// The narrowest screen that is thought of.
const NARROW = { width: 320, height: 640 };
const PAGES = {
  home: "/",
  "home, a city": "/?city=Lisboa",
  "home, nothing found": "/?query=zzzzqqq",
  "event with seats": "/events/le-misanthrope",
  "event without seats": "/events/hip-hop-del-port",
  "event whose sale is to open": "/events/hamlet-hudson",
  "seats of an arena": "/events/vallenato-sinfonico/seats",
  "seats of a cellar": "/events/trio-caveau/seats",
  "sign in": "/sign-in",
  "sign up": "/sign-up",
  "forgotten password": "/forgot-password",
  "new password": "/reset-password?token=abc",
  "orders, signed out": "/orders",
};

for (const look of LOOKS) {
  holds(`each page as it first appears: ${look.language}, ${look.device}`, async (test) => {
    const reader = await Reader.begin(test, look);
    reader.expects(401, "/api/auth/refresh");
    for (const [name, path] of Object.entries(PAGES)) {
      await reader.visit(path);
      if (path.endsWith("/seats")) await buyer.roomIsReady(reader);
      await reader.check(name);
      if (!reader.isPhone) continue;
      const usual = reader.page.viewportSize();
      await reader.page.setViewportSize(NARROW);
      await reader.settle();
      await reader.fits(`${name}, ${NARROW.width} pixels wide`);
      await reader.page.setViewportSize(usual);
    }
  });
}

const areWrong = async (reader, count) => {
  const { page, words } = reader;
  await page.locator("#errors li").nth(count - 1).waitFor();
  assert.equal(await page.locator("#errors li").count(), count);
  await reader.focusComesTo("errors");
  assert.ok((await page.title()).startsWith(words.error_prefix), "the title says so");
};

for (const look of TWO_LOOKS) {
  holds(`the account's forms say what to mend, and what was typed stays: ${look.language}, ${look.device}`, async (test) => {
    const reader = await Reader.begin(test, look);
    const { page, words } = reader;
    const send = () => reader.press(page.locator("main form button.go"));
    reader.expects(401, "/api/auth/");
    reader.expects(409, "/api/auth/register");
    reader.expects(422, "/api/auth/");
    reader.expects(400, "/api/auth/");
    await reader.visit("/sign-in");
    await send();
    await areWrong(reader, 2);
    await reader.check("sign in, nothing typed");
    await buyer.signIn(reader, somebody());
    await page.locator("#errors").getByText(/wrong|no son correctos/).waitFor();
    await reader.check("sign in, wrong password");
    const person = await account();
    await reader.visit("/sign-up");
    await buyer.signUp(reader, person);
    await areWrong(reader, 1);
    assert.equal(await page.inputValue("#email"), person.email, "what was typed stays");
    await reader.check("sign up, address taken");
    await reader.visit("/forgot-password");
    await page.fill("#email", person.email);
    await send();
    await page.getByText(words.link_sent_title).waitFor();
    await reader.check("forgotten password, sent");
    await reader.visit("/reset-password?token=abc");
    assert.equal(new URL(page.url()).search, "", "the mailed secret is not left in the address");
    await page.fill("#password", "quite-a-long-one-27");
    await send();
    await page.locator("#errors").waitFor();
    await reader.check("new password, link too old");
    await reader.visit("/verify-email?token=abc");
    await page.getByText(words.verify_failed).waitFor();
    await reader.check("confirming an address, link too old");
    await reader.visit("/sign-in?next=%2Forders");
    await buyer.signIn(reader, person);
    await reader.arrives("/orders");
    await reader.press(page.locator(".acct"));
    await page.getByText(person.name).waitFor();
    await reader.check("orders, the account's menu");
    await reader.press(reader.button(words.sign_out));
    await reader.arrives("/");
  });
}

for (const look of TWO_LOOKS) {
  holds(`tickets without seats, from the event's page to the codes: ${look.language}, ${look.device}`, async (test) => {
    const id = await event({ name: `De pie ${look.language}`, standing: 20, limit: 4 });
    const reader = await Reader.begin(test, look);
    const { page, words } = reader;
    await buyer.signedIn(reader, await account());
    await reader.visit(`/events/${id}`);
    const picker = page.locator("#tickets");
    await reader.press(reader.button(words.reserve, picker));
    await picker.getByText(words.choose_how_many).waitFor();
    const more = picker.getByRole("button", { name: new RegExp(words.step_up) });
    await reader.press(more);
    await reader.press(more);
    assert.equal(await picker.locator("output").first().textContent(), "2");
    await reader.check("event, two tickets chosen");
    await reader.press(reader.button(words.reserve, picker));
    await reader.arrives(buyer.CHECKOUT);
    await buyer.formIsReady(reader);
    await reader.check("checkout of tickets without seats");
    await buyer.pay(reader);
    await buyer.hasTickets(reader, 2);
    await reader.check("tickets without seats");
  });
}

holds("language and light are chosen by hand and stay", async (test) => {
  const reader = await Reader.begin(test, { language: "en" });
  const { page } = reader;
  await reader.visit("/events/le-misanthrope");
  await reader.press(page.locator("button[name=language]"));
  await page.waitForSelector("html[lang=es]");
  await reader.press(page.locator("button[name=theme][value=dark]"));
  await page.waitForSelector("html[data-theme=dark]");
  await reader.visit("/");
  assert.deepEqual(
    await page.evaluate(() => [document.documentElement.lang, document.documentElement.dataset.theme]),
    ["es", "dark"],
  );
  const night = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  await reader.press(page.locator("button[name=theme][value=light]"));
  await page.waitForSelector("html[data-theme=light]");
  assert.notEqual(await page.evaluate(() => getComputedStyle(document.body).backgroundColor), night);
});

