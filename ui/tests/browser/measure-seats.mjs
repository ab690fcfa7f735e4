// Measures the seats page of a running Onsale in Chromium: first paint, map drawn, layout shift, and frames a second
// while the map is moved and zoomed and 200 seats a second change. Ends with 1 where a promise is not kept.
//
//   npm install && node measure-seats.mjs [--url http://localhost:8080] [--event estadio-de-luz] [--runs 3]
import { chromium } from "playwright-core";

const option = (name, usual) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? usual : process.argv[at + 1];
};
const url = option("url", "http://localhost:8080");
const event = option("event", "estadio-de-luz");
const runs = Number(option("runs", "3"));
const CHANGES_A_SECOND = 200;
const PROMISES = { firstPaintMs: 500, drawnAfterMs: 1000, framesMin: 58, layoutShift: 0, scriptKb: 250 };

// The stream's place is taken by one that changes seats at a steady rate, so that each run has the same to do.
const steadyStream = (rate) => {
  window.EventSource = class extends EventTarget {
    static CLOSED = 2;
    readyState = 1;
    constructor(address) {
      super();
      this.path = address.replace("/live", "/seats");
      this.begin();
    }
    async begin() {
      const states = await (await fetch(this.path)).json();
      this.version = states.version;
      this.seats = [...states.states].map(Number);
      this.timer = setInterval(() => this.change(), 100);
    }
    change() {
      const changes = [];
      for (let n = 0; n < rate / 10; n++) {
        const seat = Math.floor(Math.random() * this.seats.length);
        this.seats[seat] = (this.seats[seat] + 1) % 3;
        changes.push([seat, this.seats[seat]]);
      }
      const from = this.version++;
      const data = JSON.stringify({ from, version: this.version, changes });
      this.dispatchEvent(new MessageEvent("delta", { data }));
      window.changed = (window.changed ?? 0) + changes.length;
    }
    close() {
      clearInterval(this.timer);
      this.readyState = 2;
    }
  };
};

const observe = () => {
  window.shift = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shift += entry.value;
  }).observe({ type: "layout-shift", buffered: true });
};

// Frames a second while something is done, and the longest frame.
const frames = async (page, act) => {
  await page.evaluate(() => {
    window.times = [];
    const tick = (time) => {
      window.times.push(time);
      window.ticking = requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
  });
  await act();
  return page.evaluate(() => {
    cancelAnimationFrame(window.ticking);
    const gaps = window.times.slice(1).map((time, place) => time - window.times[place]);
    const sorted = gaps.toSorted((a, b) => a - b);
    const sum = gaps.reduce((total, gap) => total + gap, 0);
    return { fps: (1000 * gaps.length) / sum, worstMs: sorted.at(-1), p99Ms: sorted[Math.floor(sorted.length * 0.99)] };
  });
};

const run = async (browser) => {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  await context.addInitScript(observe);
  await context.addInitScript(steadyStream, CHANGES_A_SECOND);
  const page = await context.newPage();
  let scriptBytes = 0;
  page.on("response", async (response) => {
    if (response.url().endsWith(".wasm")) scriptBytes = Number(response.headers()["content-length"] ?? 0);
  });
  await page.goto(`${url}/events/${event}/seats`);
  const canvas = page.locator("#map[data-drawn]");
  await canvas.waitFor({ timeout: 15_000 });
  const firstPaintMs = await page.evaluate(() => performance.getEntriesByName("first-contentful-paint")[0]?.startTime);
  const drawnMs = Number(await canvas.getAttribute("data-drawn"));
  const box = await canvas.boundingBox();
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  await page.mouse.move(x, y);
  await page.waitForTimeout(1000);
  const pan = async () => {
    await page.mouse.down();
    for (let n = 0; n < 150; n++) {
      await page.mouse.move(x + 160 * Math.sin(n / 12), y + 110 * Math.cos(n / 9));
      await page.waitForTimeout(8);
    }
    await page.mouse.up();
  };
  const zoom = async () => {
    for (let n = 0; n < 120; n++) {
      await page.mouse.wheel(0, n % 60 < 30 ? -90 : 90);
      await page.waitForTimeout(12);
    }
  };
  const found = { panFar: await frames(page, pan), zoom: await frames(page, zoom) };
  await page.locator("[data-act=fit]").click();
  for (let n = 0; n < 6; n++) await page.locator("[data-act=in]").click();
  await page.waitForTimeout(600);
  await page.mouse.move(x, y);
  found.panNear = await frames(page, pan);
  const [shift, changed] = await page.evaluate(() => [window.shift, window.changed]);
  await context.close();
  return { firstPaintMs, drawnAfterMs: drawnMs - firstPaintMs, shift, changed, scriptKb: scriptBytes / 1000, ...found };
};

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"],
});
const all = [];
for (let n = 0; n < runs; n++) all.push(await run(browser));
await browser.close();

const median = (value) => all.map(value).toSorted((a, b) => a - b)[Math.floor(all.length / 2)];
const result = {
  firstPaintMs: median((run) => run.firstPaintMs),
  drawnAfterMs: median((run) => run.drawnAfterMs),
  fpsPanFar: median((run) => run.panFar.fps),
  fpsZoom: median((run) => run.zoom.fps),
  fpsPanNear: median((run) => run.panNear.fps),
  worstFrameMs: median((run) => Math.max(run.panFar.worstMs, run.zoom.worstMs, run.panNear.worstMs)),
  layoutShift: Math.max(...all.map((run) => run.shift)),
  changes: median((run) => run.changed),
  scriptKb: median((run) => run.scriptKb),
};
console.log(JSON.stringify(result, (_, value) => (typeof value === "number" ? Math.round(value * 100) / 100 : value), 2));
const broken = [
  result.firstPaintMs > PROMISES.firstPaintMs && "first paint",
  result.drawnAfterMs > PROMISES.drawnAfterMs && "map drawn",
  Math.min(result.fpsPanFar, result.fpsZoom, result.fpsPanNear) < PROMISES.framesMin && "frames a second",
  result.layoutShift > PROMISES.layoutShift && "layout shift",
  result.scriptKb > PROMISES.scriptKb && "size of the WebAssembly",
].filter(Boolean);
if (broken.length > 0) {
  console.error(`not kept: ${broken.join(", ")}`);
  process.exit(1);
}
