// The tests of one file, some at a time: each has a reader of its own, and most of a test's time is waiting. Each says
// when it is done.
import { after, describe, it } from "node:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { closeBrowser, picturesOf } from "./browser.mjs";

// Two of them wait for a minute for a hold to end.
const AT_ONCE = Number(process.env.AT_ONCE ?? 5);
const TEST_MS_MAX = 480_000;
const only = process.env.ONLY && new RegExp(process.env.ONLY, "i");

const tests = [];

// Says that something holds; `act` gets the running test.
export const holds = (name, act) => {
  if (!only || only.test(name)) tests.push({ name, act });
};

// What its readers saw when a test failed.
const keepPictures = async (test, name) => {
  const folder = process.env.FAILURES;
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  for (const [place, picture] of (await picturesOf(test)).entries()) {
    const file = join(folder, `${name.replace(/[^\w]+/g, "-")}-${place}.png`);
    if (picture) writeFileSync(file, picture);
    console.log(`        ${file}`);
  }
};

// Runs all that was said.
export const run = () => {
  describe("in the browser", { concurrency: AT_ONCE }, () => {
    after(closeBrowser);
    for (const { name, act } of tests) {
      it(name, { timeout: TEST_MS_MAX }, async (test) => {
        const began = Date.now();
        const told = (outcome) => console.log(`${outcome} ${((Date.now() - began) / 1_000).toFixed(1).padStart(6)} s  ${name}`);
        try {
          await act(test);
          told("ok    ");
        } catch (error) {
          told("FAILED");
          await keepPictures(test, name);
          throw error;
        }
      });
    }
  });
};
