// The whole purchase by keys alone: once on the map, once by the list alone. No mouse, no finger, no focus set by hand.
import assert from "node:assert/strict";
import { event, somebody } from "./harness/api.mjs";
import { Reader } from "./harness/browser.mjs";
import { holds } from "./harness/test.mjs";
import * as buyer from "./harness/steps.mjs";

const STOPS_MAX = 120;

// Goes from stop to stop until the focus is where it is wanted, and can be seen there.
const tabTo = async (reader, wanted) => {
  const { page } = reader;
  const is = () => wanted.evaluateAll((all) => all.includes(document.activeElement));
  for (let stop = 0; stop < STOPS_MAX; stop++) {
    if (await is()) {
      const seen = await page.evaluate(() => {
        const element = document.activeElement;
        const style = getComputedStyle(element);
        const ring = (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none";
        const { top, bottom } = element.getBoundingClientRect();
        return { ring, inSight: bottom > 0 && top < window.innerHeight };
      });
      assert.deepEqual(seen, { ring: true, inSight: true }, `the focus at ${wanted} is seen`);
      return;
    }
    await page.keyboard.press("Tab");
  }
  assert.fail(`${STOPS_MAX} tabs do not lead to ${wanted}`);
};

const type = async (reader, field, text) => {
  await tabTo(reader, reader.page.locator(field));
  await reader.page.keyboard.type(text);
};

const onMap = async (reader) => {
  const { page } = reader;
  await tabTo(reader, page.locator("#map"));
  await page.keyboard.press("ArrowRight");
  const said = await page.locator("#say").textContent();
  assert.match(said, /, .+ .+, .+ .+, /, "section, row, seat and price are spoken");
  await page.keyboard.press("Enter");
  await page.locator("#mine .plate").waitFor();
  for (const key of ["ArrowRight", "ArrowRight", "ArrowLeft", "ArrowUp", "ArrowDown"]) {
    if ((await page.locator("#mine .plate").count()) === 2) break;
    await page.keyboard.press(key);
    await page.keyboard.press("Enter");
    await reader.settle();
  }
};

const byList = async (reader) => {
  const { page } = reader;
  if (reader.isPhone) {
    await tabTo(reader, page.locator("[data-act=sheet]"));
    await page.keyboard.press("Enter");
  }
  await tabTo(reader, page.locator("#sec"));
  await page.keyboard.press("ArrowDown");
  await tabTo(reader, page.locator("#rw"));
  await page.keyboard.press("ArrowDown");
  for (let count = 1; count <= 2; count++) {
    await tabTo(reader, page.locator('#sl [aria-pressed="false"]'));
    await page.keyboard.press(count === 1 ? "Enter" : "Space");
    await page.locator("#mine .plate").nth(count - 1).waitFor();
  }
};

const buyByKeys = async (reader, id, choose) => {
  const { page, words } = reader;
  const enter = () => page.keyboard.press("Enter");
  reader.expects(401, "/api/auth/refresh");
  await reader.visit(`/events/${id}`);
  await tabTo(reader, page.getByRole("link", { name: words.choose_seats }));
  await enter();
  await reader.arrives(`/events/${id}/seats`);
  await buyer.roomIsReady(reader);
  await choose(reader);
  assert.equal(await page.locator("#mine .plate").count(), 2, "two seats are chosen");
  await tabTo(reader, page.locator("[data-act=hold]"));
  await enter();
  await reader.arrives(/^\/sign-in\?/);
  await tabTo(reader, page.getByRole("link", { name: words.make_account }));
  await enter();
  await reader.arrives(/^\/sign-up\?/);
  const person = somebody();
  for (const field of ["name", "email", "password"]) await type(reader, `#${field}`, person[field]);
  await enter();
  await reader.arrives(new RegExp(`^/events/${id}/seats`));
  await page.locator("#mine .plate").nth(1).waitFor();
  await tabTo(reader, page.locator("[data-act=hold]"));
  await enter();
  await buyer.isHeld(reader);
  await tabTo(reader, page.locator("[data-act=pay]"));
  await enter();
  await reader.arrives(buyer.CHECKOUT);
  await buyer.formIsReady(reader);
  await tabTo(reader, page.locator("input[name=way]"));
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowUp");
  await tabTo(reader, buyer.payButton(reader));
  await enter();
  await buyer.hasTickets(reader, 2);
  await tabTo(reader, page.getByRole("button", { name: words.return_tickets }));
  await enter();
  const dialog = page.getByRole("dialog");
  await tabTo(reader, dialog.getByRole("button", { name: words.keep_tickets }));
  await enter();
  await dialog.waitFor({ state: "hidden" });
};

holds("the whole purchase by keys alone, on the map: en, desktop", async (test) => {
  const id = await event({ name: "Teclas" });
  const reader = await Reader.begin(test, { language: "en", device: "desktop" });
  await buyByKeys(reader, id, onMap);
});

holds("the whole purchase by keys and the list alone: es, phone", async (test) => {
  const id = await event({ name: "Lista" });
  const reader = await Reader.begin(test, { language: "es", device: "phone" });
  await buyByKeys(reader, id, byList);
});
