// Takes the pictures of all mails, by day and by night, on a phone and on a desktop, in both languages.
//
//   node mails.mjs SAMPLES FOLDER
//
// SAMPLES is what `cargo run -p onsale-notification --example sample_mails -- SAMPLES` wrote.
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { browser, closeBrowser } from "./harness/browser.mjs";
import { small } from "./harness/png.mjs";

const [samples, folder] = process.argv.slice(2).map((path) => resolve(path));
const WIDTHS = { phone: 390, desktop: 760 };
// The first mail people see is looked at in all ways; the others change in words only.
const CHIEF = /^order_confirmed-/;

const looks = (name) => {
  const all = ["phone", "desktop"].flatMap((device) => ["light", "dark"].map((theme) => ({ device, theme })));
  const spanish = name.endsWith("-es");
  return all.filter(({ device, theme }) => CHIEF.test(name) || (device === "phone" && theme === (spanish ? "dark" : "light")));
};

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
let taken = 0;
for (const file of readdirSync(samples).filter((file) => file.endsWith(".html")).sort()) {
  const name = file.slice(0, -".html".length);
  for (const { device, theme } of looks(name)) {
    const size = { width: WIDTHS[device], height: 600 };
    // What a mail program shows runs no scripts.
    const context = await (await browser()).newContext({ viewport: size, colorScheme: theme, javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto(`file://${join(samples, file)}`);
    const picture = small(await page.screenshot({ fullPage: true, animations: "disabled" }));
    writeFileSync(join(folder, `${name}-${WIDTHS[device]}${theme === "light" ? "" : "-dark"}.png`), picture);
    taken += 1;
    await context.close();
  }
}
await closeBrowser();
console.log(`${taken} pictures in ${folder}`);
