// What is told as it happens: one stream for all tabs of a browser, which outlives the tab that has it.
import assert from "node:assert/strict";
import { account, event, hold, seatIds } from "./harness/api.mjs";
import { PATIENCE_MS, Reader } from "./harness/browser.mjs";
import * as line from "./harness/line.mjs";
import { holds } from "./harness/test.mjs";
import * as buyer from "./harness/steps.mjs";

const LOOKED_EVERY_MS = 50;

// The streams that each tab of a browser has open, by the order of the tabs.
const streams = (reader) => {
  const open = new Map();
  reader.context.on("request", (request) => {
    if (request.resourceType() === "eventsource") open.set(request, request.frame().page());
  });
  for (const over of ["requestfinished", "requestfailed"]) reader.context.on(over, (request) => open.delete(request));
  return {
    of: (page) => [...open.values()].filter((owner) => owner === page).length,
    all: () => [...open.values()].filter((page) => !page.isClosed()).length,
  };
};

const becomes = async (what, is) => {
  const end = Date.now() + PATIENCE_MS;
  while (!(await is())) {
    assert.ok(Date.now() < end, `${what}, after ${PATIENCE_MS / 1_000} s`);
    await new Promise((done) => setTimeout(done, LOOKED_EVERY_MS));
  }
};

// As when another window is in front. A page that is tested is always in front of its own.
const setHidden = (page, hidden) =>
  page.evaluate((state) => {
    Object.defineProperty(document, "visibilityState", { configurable: true, get: () => state });
    document.dispatchEvent(new Event("visibilitychange"));
  }, hidden ? "hidden" : "visible");

const tabs = async (reader, path, isReady) => {
  const pages = [reader.page, await reader.open(), await reader.open()];
  for (const page of pages) {
    await page.goto(path);
    await isReady(page);
  }
  return pages;
};

holds("tabs share the stream of a line, and the next has it when one ends or nobody looks at it", async (test) => {
  const id = await event({ name: "Una sola fila" });
  await line.setRoom(id, {});
  const reader = await Reader.begin(test);
  const open = streams(reader);
  const [first, second, third] = await tabs(reader, `/events/${id}/queue`, (page) =>
    page.waitForSelector("html[data-awake]", { state: "attached" }));
  const told = (pages, text) =>
    Promise.all(pages.map((page) => page.locator("#line-notes").getByText(text).waitFor()));
  const tells = (message) => line.steer(id, "pause", { message });
  await reader.isTold(async () => {
    await becomes("the first tab has a stream", () => open.of(first) === 1);
    await tells("The first.");
    await told([first, second, third], "The first.");
    assert.equal(open.all(), 1, "three tabs, one stream");
    await first.close();
    reader.page = second;
    await becomes("another tab has the stream", () => open.all() === 1);
    await tells("The second.");
    await told([second, third], "The second.");
    const [leads, follows] = open.of(second) === 1 ? [second, third] : [third, second];
    await setHidden(leads, true);
    // Whoever comes has it at once from a tab that nobody looks at.
    await follows.reload();
    await becomes("who is looked at has the stream", () => open.of(follows) === 1 && open.of(leads) === 0);
    await setHidden(follows, true);
    await becomes("nobody looks, nothing is asked for", () => open.all() === 0);
    await tells("The third.");
    await setHidden(follows, false);
    await becomes("who looks again has a stream", () => open.of(follows) === 1);
    await told([follows], "The third.");
  });
});

holds("tabs share the stream of the seats, and none misses what happened before it came", async (test) => {
  const id = await event({ name: "Un solo mapa" });
  const reader = await Reader.begin(test);
  const open = streams(reader);
  const [first, second, third] = await tabs(reader, `/events/${id}/seats`, (page) =>
    page.locator("#map[data-drawn]").waitFor());
  await becomes("the first tab has a stream", () => open.of(first) === 1);
  const { token } = await account();
  const [one, two] = await seatIds(id);
  const before = Number(await first.locator("#free").textContent());
  const show = (pages, free) =>
    Promise.all(pages.map((page) =>
      page.waitForFunction((wanted) => document.getElementById("free").textContent === wanted, String(free))));
  await hold(token, id, { seats: [one] });
  await show([first, second, third], before - 1);
  assert.equal(open.all(), 1, "three tabs, one stream");
  await first.close();
  await becomes("another tab has the stream", () => open.all() === 1);
  const { token: another } = await account();
  await hold(another, id, { seats: [two] });
  await show([second, third], before - 2);
  assert.equal(await second.locator("#livecount.paused").count(), 0, "what is shown is live");
});
