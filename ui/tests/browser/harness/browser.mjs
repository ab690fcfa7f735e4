// One Chromium for all tests, a context a reader. A reader notices whatever nobody may see: errors in the console or of
// the page, refusals by the policy of contents, answers that were not expected, and whatever moves by itself.
import assert from "node:assert/strict";
import axe from "axe-core";
import { chromium } from "playwright-core";
import { words } from "./words.mjs";

export const base = process.env.ONSALE_URL ?? "http://localhost:8080";
// No wait is longer; a debug build on two busy cores is slow.
export const PATIENCE_MS = 30_000;
// What a page may move by itself is 0.00 when rounded.
const SHIFT_MAX = 0.005;

const SIZES = {
  phone: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
  desktop: { viewport: { width: 1440, height: 900 } },
};
// Both languages on both screens.
export const LOOKS = ["en", "es"].flatMap((language) => ["phone", "desktop"].map((device) => ({ language, device })));
// One of each.
export const TWO_LOOKS = [LOOKS[1], LOOKS[2]];
const LOCALES = { en: "en-GB", es: "es-ES" };
const ARGUMENTS = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
  // Each reader's pages compile their WebAssembly anew: optimising it too would cost more than so short a life gives back.
  "--js-flags=--no-wasm-tier-up",
];

let launching;
const readers = new WeakMap();

// What the readers of a test see.
export const picturesOf = async (test) => {
  const pages = (readers.get(test) ?? []).flatMap((reader) => reader.context.pages());
  return Promise.all(pages.map((page) => page.screenshot().catch(() => null)));
};

// The browser, once somebody wants it.
export const browser = () =>
  (launching ??= chromium.launch({ executablePath: process.env.CHROMIUM || undefined, args: ARGUMENTS }));

export const closeBrowser = async () => {
  if (launching) await (await launching).close();
};

// Runs in each page before its own scripts.
const notice = (most) => {
  let shift = 0;
  const told = [];
  // What follows the reader's own act is no surprise, even when the server takes its time to answer.
  const AT_ONCE_MS = 1_000;
  let [acted, answered] = [-Infinity, -Infinity];
  for (const kind of ["pointerdown", "pointerup", "keydown", "input", "change"]) {
    document.addEventListener(kind, () => (acted = performance.now()), { capture: true, passive: true });
  }
  const send = window.fetch;
  window.fetch = async (...request) => {
    const changes = (request[1]?.method ?? "GET") !== "GET";
    const isAsked = changes || performance.now() - acted < AT_ONCE_MS;
    try {
      return await send(...request);
    } finally {
      if (isAsked) answered = performance.now();
    }
  };
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      if (entry.hadRecentInput || Math.abs(entry.startTime - answered) < AT_ONCE_MS) continue;
      const names = entry.sources.map(({ node, previousRect: from, currentRect: to }) => {
        const element = node?.nodeType === Node.TEXT_NODE ? node.parentElement : node;
        const name = element?.id ? `#${element.id}` : `${element?.localName}.${element?.className}`;
        return `${name} ${from.x},${from.y} ${from.width}x${from.height} -> ${to.x},${to.y} ${to.width}x${to.height}`;
      });
      shift += entry.value;
      told.push(`${entry.value.toFixed(4)} ${names.join("; ")}`);
      if (shift >= most) window.noticeFault(`layout shift at ${location.pathname}: ${told.splice(0).join(" | ")}`);
    }
  }).observe({ type: "layout-shift", buffered: true });
  document.addEventListener("securitypolicyviolation", (event) => {
    window.noticeFault(`${event.violatedDirective} refuses ${event.blockedURI} ${event.sample} at ${location.pathname}`);
  });
};

// Runs in a page that axe is in: what all of its rules find. What they pass is not told, it costs more than the rules.
const violations = async () => {
  const { violations } = await window.axe.run(document, { resultTypes: ["violations"] });
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 200)).join(" | ")}`);
};

// Somebody with a browser. `test` is the running test: at its end the context is closed and all that was noticed fails
// it.
export class Reader {
  static async begin(test, { language = "en", device = "desktop", theme = "light", script = true, kept } = {}) {
    const context = await (await browser()).newContext({
      ...SIZES[device],
      locale: LOCALES[language],
      colorScheme: theme,
      reducedMotion: "reduce",
      baseURL: base,
      javaScriptEnabled: script,
      // What a browser that was closed had kept.
      storageState: kept,
    });
    context.setDefaultTimeout(PATIENCE_MS);
    const reader = new Reader(context, language, device, theme, script);
    if (script) {
      await context.exposeFunction("noticeFault", (text) => reader.faults.push(text));
      await context.addInitScript(notice, SHIFT_MAX);
    }
    reader.page = await reader.open();
    readers.set(test, [...(readers.get(test) ?? []), reader]);
    test.after(async () => {
      await context.close();
      assert.deepEqual(reader.faults, [], "nothing is noticed that nobody may see");
    });
    return reader;
  }

  constructor(context, language, device, theme, script) {
    Object.assign(this, { context, language, device, theme, script });
    this.words = words(language);
    this.faults = [];
    this.allowed = [];
  }

  // Another tab.
  async open() {
    const page = await this.context.newPage();
    page.on("console", (message) => {
      const text = message.text();
      const said = ["error", "warning"].includes(message.type());
      // Chromium tells of each answer from 400 on; those are looked at below. What is loaded early for a script is not
      // missed where there is none.
      const isKnown = text.startsWith("Failed to load resource") || (!this.script && text.includes("was preloaded"));
      // What this harness runs in each page may not run in a mail's frame.
      const isRefused = text.startsWith("Blocked script execution in") && text.includes("/dev/mail/");
      if (said && !isKnown && !isRefused) this.faults.push(`console: ${text.slice(0, 300)}`);
    });
    page.on("pageerror", (error) => this.faults.push(`page error: ${error.message.slice(0, 300)}`));
    page.on("crash", () => this.faults.push("the page crashed"));
    page.on("response", (response) => {
      const [status, path] = [response.status(), new URL(response.url()).pathname];
      const isExpected = this.allowed.some((one) => one.status === status && path.includes(one.path));
      if (status >= 400 && !isExpected) this.faults.push(`${status} from ${response.request().method()} ${path}`);
    });
    return page;
  }

  // From now on these answers are part of the story.
  expects(status, path) {
    this.allowed.push({ status, path });
  }

  // Closes the browser; gives what it keeps.
  async close() {
    const kept = await this.context.storageState();
    await this.context.close();
    return kept;
  }

  // News that nobody here asked for may move what is in sight until it is shown.
  async isTold(shown) {
    const before = this.faults.length;
    await shown();
    await this.settle();
    const since = this.faults.splice(before);
    this.faults.push(...since.filter((fault) => !fault.startsWith("layout shift")));
  }

  get isPhone() {
    return this.device === "phone";
  }

  // Opens a page and waits until it is awake.
  async visit(path) {
    await this.page.goto(path);
    await this.awake();
  }

  async awake() {
    if (this.script) await this.page.waitForSelector("html[data-awake]", { state: "attached" });
  }

  // Waits for another page to be there and awake: a path, or a pattern of it.
  async arrives(path) {
    const fits = (url) => (path instanceof RegExp ? path.test(url.pathname + url.search) : url.pathname === path);
    await this.page.waitForURL(fits, { waitUntil: "domcontentloaded" });
    await this.awake();
  }

  async reload() {
    await this.page.reload();
    await this.awake();
  }

  async back() {
    await this.page.goBack({ waitUntil: "domcontentloaded" });
    await this.awake();
  }

  // The focus comes to an element; a page moves it with its next frame.
  async focusComesTo(id) {
    await this.page.waitForFunction((wanted) => document.activeElement?.id === wanted, id);
  }

  // Presses as a finger or a mouse does.
  async press(locator) {
    await (this.isPhone ? locator.tap() : locator.click());
  }

  button(name, inside = this.page) {
    return inside.getByRole("button", { name, exact: typeof name === "string" }).filter({ visible: true }).first();
  }

  link(name, inside = this.page) {
    return inside.getByRole("link", { name, exact: typeof name === "string" }).filter({ visible: true }).first();
  }

  // A state of a page: nothing is wider than the screen, and axe finds nothing, light or dark.
  async check(name) {
    const where = `${name} (${this.language}, ${this.device})`;
    await this.settle();
    await this.fits(where);
    assert.equal(await this.page.getAttribute("html", "lang"), this.language, `the language of ${where}`);
    if (!(await this.page.evaluate(() => "axe" in window))) await this.page.evaluate(axe.source);
    for (const theme of ["dark", "light"]) {
      await this.page.emulateMedia({ colorScheme: theme });
      await this.settle();
      const found = await this.page.evaluate(violations);
      assert.deepEqual(found, [], `axe finds nothing at ${where}, ${theme}`);
    }
    await this.page.emulateMedia({ colorScheme: this.theme });
  }

  // Nothing is wider than the screen.
  async fits(where) {
    // A phone makes its window as wide as what is in it: what counts is the screen.
    const over = (await this.page.evaluate(() => document.documentElement.scrollWidth)) - this.page.viewportSize().width;
    assert.ok(over <= 0, `${where} is ${over} pixels wider than the screen`);
  }

  // Waits until nothing moves and two frames were painted.
  async settle() {
    if (!this.script) return;
    await this.page.evaluate(async () => {
      const finite = document.getAnimations().filter((one) => one.effect?.getComputedTiming().endTime !== Infinity);
      await Promise.all(finite.map((one) => one.finished.catch(() => null)));
      await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    });
  }
}
