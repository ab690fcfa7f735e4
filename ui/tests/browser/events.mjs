// Preparing an event: drafted in a form, looked at, published, put on more dates, copied, called off; what is wrong is
// said at its field, and nothing that was typed is lost.
import assert from "node:assert/strict";
import { ORGANISER, account, ask } from "./harness/api.mjs";
import { LOOKS, Reader, TWO_LOOKS, base } from "./harness/browser.mjs";
import { holds } from "./harness/test.mjs";
import * as buyer from "./harness/steps.mjs";

const PLACE = { city: "Girona", country: "ES", timeZone: "Europe/Madrid", latitude: 41.98, longitude: 2.82 };

const organiser = async () => (await ask("POST", "/api/auth/login", { body: ORGANISER })).token;

// A venue of the test's own with one plan of two categories.
const hall = async (name) => {
  const token = await organiser();
  const venue = await ask("POST", "/api/admin/venues", { token, body: { name, ...PLACE } });
  const zone = (zoneId, zoneName, category) => ({ zoneId, name: zoneName, category, rows: 2, seatsPerRow: 5 });
  const zones = [zone(1, "Platea", "FRONT"), zone(2, "Galeria", "BACK")];
  const plan = await ask("POST", `/api/admin/venues/${venue.id}/plans`, { token, body: { name, zones } });
  return { venue: venue.id, plan: plan.planId };
};

const record = async (id) => ask("GET", `/api/admin/events/${id}`, { token: await organiser() });
const sends = (reader, form) => reader.press(reader.page.locator(`[data-form="${form}"] [data-send]`));
const idOf = (reader) => new URL(reader.page.url()).pathname.split("/")[3];
const ahead = (days) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

for (const look of LOOKS) {
  holds(`an event is drafted, looked at, published, changed and called off: ${look.language}, ${look.device}`, async (test) => {
    const name = `Noche ${look.language} ${look.device}`;
    const { venue, plan } = await hall(`Sala ${name}`);
    const reader = await Reader.begin(test, look);
    const { page, words } = reader;
    reader.expects(422, "/api/admin/events");
    await buyer.signedIn(reader, ORGANISER);
    await reader.visit("/organiser/events/new");
    await page.locator("#event-form").waitFor();
    await page.locator("#desk-links a").first().waitFor();
    await reader.check("a new event");

    // Nothing was said: all that is wrong at once.
    await sends(reader, "event");
    await reader.focusComesTo("event-summary");
    assert.equal(await page.locator("#e-name").getAttribute("aria-invalid"), "true");
    await reader.check("a new event, nothing typed");

    await page.fill("#e-name", name);
    await page.fill("#e-description", "Two hours.\nNo interval.");
    await page.selectOption("#e-venue", venue);
    await page.locator(`#e-plan option[value="${plan}"]`).waitFor({ state: "attached" });
    await page.selectOption("#e-plan", plan);
    // A row for each category of the plan.
    await page.locator("[data-row=t]").nth(1).waitFor();
    assert.equal(await page.locator("[data-row=t]").count(), 2);
    await page.fill("#e-starts", `${ahead(40)}T21:00`);
    await page.fill("#e-on", `${ahead(-1)}T10:00`);
    await page.fill("#c-fee", "1.50");
    await page.fill("#c-fee-percent", "2,5");
    await page.fill("#c-tax", "10");
    const rows = await page.locator("[data-row=t]").evaluateAll((all) => all.map((row) => row.dataset.n));
    await page.fill(`#t-${rows[0]}-face`, "40");
    await page.fill(`#t-${rows[1]}-face`, "20,00");
    // 40.00, 2.50, and a tenth of both.
    assert.match(await page.locator(`#t-${rows[0]}-pays`).textContent(), /46[.,]75/);
    await reader.press(page.locator("[data-act=add][data-kind=p]"));
    await page.fill("#p-0-code", "AMIGOS");
    await page.fill("#p-0-value", "ten");
    await sends(reader, "event");
    await reader.focusComesTo("event-summary");
    assert.equal(await page.locator("#p-0-value").inputValue(), "ten", "nothing that was typed is lost");
    await page.fill("#p-0-value", "10");
    await sends(reader, "event");
    await reader.arrives(/^\/organiser\/events\/[^/]+\/edit/);
    const id = idOf(reader);
    await page.locator("#acts section").first().waitFor();
    await reader.check("a draft");
    const { draft } = await record(id);
    assert.equal(draft.promoCodes[0].discount.basisPoints, 1_000);
    assert.equal(draft.ticketTypes[0].price.total.amount, "46.75");
    assert.equal(draft.description, "Two hours.\nNo interval.");

    // As buyers would see it, before anybody can.
    assert.equal((await fetch(`${base}/api/events/${id}`)).status, 404);
    await reader.visit(`/organiser/events/${id}/preview`);
    await page.getByRole("heading", { name, level: 1 }).waitFor();
    await page.getByText(/46[.,]75/).first().waitFor();
    await reader.check("a preview");

    // More dates, by a rule.
    await reader.visit(`/organiser/events/${id}/edit`);
    await page.fill("#rule-days", "7");
    await page.fill("#rule-times", "2");
    await reader.press(page.locator("[data-act=fill-dates]"));
    assert.equal((await page.locator("#dates-list").inputValue()).split("\n")[0], `${ahead(47)} 21:00`);
    await sends(reader, "dates");
    await page.locator(".dates li").nth(2).waitFor();
    await reader.check("a series");

    await reader.press(page.locator("[data-act=publish]"));
    await reader.check("asked before it is published");
    await sends(reader, "publish");
    await reader.isTold(() => page.locator("#head .badge.good").waitFor());
    await reader.check("published");
    assert.equal((await fetch(`${base}/api/events/${id}`)).ok, true);

    // What would break tickets that are sold is refused, with the reason.
    await page.selectOption("#e-plan", "");
    await sends(reader, "event");
    await reader.focusComesTo("event-summary");
    assert.equal(await page.locator("#e-plan").getAttribute("aria-invalid"), "true");
    await reader.check("refused, with the reason");

    await reader.press(page.locator("[data-act=cancel]"));
    await page.getByText(words.ev_cancel_nothing).waitFor();
    await reader.check("asked before it is called off");
    await sends(reader, "cancel");
    await page.locator("#head .badge.bad").waitFor();
    await reader.press(page.locator("[data-act=clone]"));
    await page.fill("#clone-name", `${name} bis`);
    await sends(reader, "clone");
    await reader.arrives(/^\/organiser\/events\/[^/]+\/edit/);
    await page.getByRole("heading", { name: `${name} bis`, level: 1 }).waitFor();
  });
}

for (const look of TWO_LOOKS) {
  holds(`who runs no events is told so where events are prepared: ${look.language}, ${look.device}`, async (test) => {
    const reader = await Reader.begin(test, look);
    reader.expects(403, "/api/");
    await buyer.signedIn(reader, await account());
    await reader.visit("/organiser/events/new");
    await reader.page.getByRole("heading", { name: reader.words.desk_refused }).waitFor();
    await reader.check("refused");
  });
}

holds("programs are told of what is on", async () => {
  const text = async (path) => {
    const answer = await fetch(base + path);
    assert.ok(answer.ok, `${path}: ${answer.status}`);
    return answer.text();
  };
  const map = await text("/sitemap.xml");
  assert.match(map, /<loc>[^<]+\/events\/la-vida-es-sueno<\/loc>/);
  assert.match(map, /<loc>[^<]+\/cities\//);
  const page = await text("/events/la-vida-es-sueno?lang=es");
  const [, json] = page.match(/<script type="application\/ld\+json"[^>]*>(.*?)<\/script>/s);
  const told = JSON.parse(json);
  assert.equal(told["@type"], "TheaterEvent");
  assert.ok(told.offers.length > 0 && told.location.address.addressLocality.length > 0);
  assert.match(page, /<link rel="canonical" href="[^"]+\/events\/la-vida-es-sueno\?lang=es">/);
  assert.match(await text("/events/la-vida-es-sueno/calendar.ics"), /BEGIN:VEVENT[^]*GEO:[^]*END:VCALENDAR/);
  assert.match(await text("/calendar.ics?category=theatre"), /BEGIN:VEVENT/);
});
