// Organisers' pages: their events, one of them as it sells, an order of it; and who may not look.
import { ORGANISER, account, hold, pay, seatIds } from "./harness/api.mjs";
import { LOOKS, Reader, TWO_LOOKS } from "./harness/browser.mjs";
import { holds } from "./harness/test.mjs";
import * as buyer from "./harness/steps.mjs";

// One for each look, so that nothing but its test sells there.
const EVENTS = ["la-vida-es-sueno", "el-mago-pop-up", "cyrano-lilas", "cirque-minuscule"];

const sell = async (event, first) => {
  const { token } = await account();
  const seats = (await seatIds(event)).slice(first, first + 2);
  const { reservationId } = await hold(token, event, { seats });
  return pay(token, reservationId);
};

LOOKS.forEach((look, place) => {
  const event = EVENTS[place];
  holds(`an organiser sees what is sold as it is sold, and each order: ${look.language}, ${look.device}`, async (test) => {
    const reader = await Reader.begin(test, look);
    const { page } = reader;
    reader.expects(401, "/api/auth/refresh");
    // The event has no line yet.
    reader.expects(404, `/api/admin/events/${event}/queue`);
    await page.goto("/organiser");
    await reader.arrives(/^\/sign-in\?/);
    await buyer.signIn(reader, ORGANISER);
    await reader.arrives("/organiser");
    await page.locator(".nights li").first().waitFor();
    await reader.check("organiser's events");
    await sell(event, 0);
    await reader.visit(`/organiser/events/${event}`);
    await page.locator("#map").waitFor();
    await page.locator("#coming").waitFor({ state: "hidden" });
    await page.locator("#rows a").first().waitFor();
    await reader.check("organiser's event");
    const figures = await page.locator("#cards").textContent();
    const { orderNumber } = await sell(event, 2);
    // Nobody pressed anything: the figures follow.
    await page.waitForFunction((before) => document.getElementById("cards").textContent !== before, figures);
    await page.fill("#query", orderNumber);
    await page.keyboard.press("Enter");
    const found = ([number]) => [...document.querySelectorAll("#rows a")].map((link) => link.textContent).join() === number;
    await page.waitForFunction(found, [orderNumber]);
    await reader.press(page.locator("#rows a"));
    await reader.arrives(new RegExp(`^/organiser/events/${event}/orders/`));
    await page.locator("main h1").getByText(orderNumber).waitFor();
    await reader.check("organiser's order");
  });
});

for (const look of TWO_LOOKS) {
  holds(`who runs no events is told so on organisers' pages: ${look.language}, ${look.device}`, async (test) => {
    const reader = await Reader.begin(test, look);
    const { page, words } = reader;
    reader.expects(403, "/api/");
    reader.expects(404, "/api/");
    await buyer.signedIn(reader, await account());
    for (const path of ["/organiser", "/organiser/events/la-vida-es-sueno"]) {
      await reader.visit(path);
      await page.getByRole("heading", { name: words.not_yours }).waitFor();
      await reader.check(path);
    }
  });
}
