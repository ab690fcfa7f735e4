// The tests of one file, some at a time: each has a reader of its own, and most of a test's time is waiting. Each says
// when it is done.
import { after, describe, it } from "node:test";
import { closeBrowser } from "./browser.mjs";

const AT_ONCE = Number(process.env.AT_ONCE ?? 4);
const TEST_MS_MAX = 150_000;
const only = process.env.ONLY && new RegExp(process.env.ONLY, "i");

export const tests = [];

// Says that something holds; `act` gets the running test.
export const holds = (name, act) => {
  if (!only || only.test(name)) tests.push({ name, act });
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
          throw error;
        }
      });
    }
  });
};
