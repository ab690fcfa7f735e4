// What a buyer does, step by step; each ends when the page shows that it is done.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { PATIENCE_MS } from "./browser.mjs";
import { somebody } from "./api.mjs";

const UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}";
export const CHECKOUT = new RegExp(`^/checkout/(${UUID})`);
export const ORDER = new RegExp(`^/orders/(${UUID})`);
const SPOTS = 80;
const GOLDEN_ANGLE = 2.4;

// Types with a mistake and goes to what is found all the same.
export const findEvent = async (reader, typed, name) => {
  await reader.visit("/");
  const { page } = reader;
  const before = await page.locator("#res-h").textContent();
  await page.locator("input[name=query]").pressSequentially(typed, { delay: 20 });
  await page.waitForFunction((text) => document.getElementById("res-h")?.textContent !== text, before);
  const card = page.locator("#results").getByRole("link", { name });
  await card.first().waitFor();
  return card.first();
};

// The room is there, its map drawn.
export const roomIsReady = async (reader) => {
  await reader.awake();
  await reader.page.locator("#map[data-drawn]").waitFor();
};

export const openRoom = async (reader, event) => {
  await reader.visit(`/events/${event}/seats`);
  await roomIsReady(reader);
};

// On a phone the list and “Let us find them” are behind one button.
export const openSheet = (reader) => setSheet(reader, "true");
export const closeSheet = (reader) => setSheet(reader, "false");

const setSheet = async (reader, expanded) => {
  const grab = reader.page.locator("[data-act=sheet]");
  if (reader.isPhone && (await grab.getAttribute("aria-expanded")) !== expanded) await reader.press(grab);
};

// Chooses free seats by mouse or finger: looks around in the middle of the map until the tray has so many.
export const chooseOnMap = async (reader, count) => {
  const { page } = reader;
  const plates = page.locator("#mine .plate");
  const box = await page.locator("#map").boundingBox();
  const reach = 0.38 * Math.min(box.width, box.height);
  for (let spot = 1; spot <= SPOTS && (await plates.count()) < count; spot++) {
    const [turn, away] = [spot * GOLDEN_ANGLE, reach * Math.sqrt(spot / SPOTS)];
    const at = [box.x + box.width / 2 + away * Math.cos(turn), box.y + box.height / 2 + away * Math.sin(turn)];
    const had = await plates.count();
    if (!(await pressSeat(reader, at))) continue;
    // A second press on the same seat gave it back.
    if ((await plates.count()) < had) await pressSeat(reader, at);
  }
  assert.equal(await plates.count(), count, "seats chosen on the map are in the tray");
};

// A press on the map; a mouse sees before whether a seat is there.
const pressSeat = async (reader, at) => {
  const { page } = reader;
  if (reader.isPhone) {
    await page.touchscreen.tap(...at);
  } else {
    await page.mouse.move(...at);
    await reader.settle();
    if (await page.locator("#tip").isHidden()) return false;
    await page.mouse.click(...at);
  }
  await reader.settle();
  return true;
};

// Chooses the first free seats of a section's row in the list; gives their numbers in the plan.
export const chooseFromList = async (reader, count, { section = 0, row = 0 } = {}) => {
  const { page } = reader;
  await openSheet(reader);
  await page.selectOption("#sec", { index: section });
  await page.selectOption("#rw", { index: row });
  const chosen = [];
  for (let n = 0; n < count; n++) {
    const chip = page.locator('#sl [aria-pressed="false"]').first();
    const seat = await chip.getAttribute("data-seat");
    await reader.press(chip);
    await page.locator(`#sl [data-seat="${seat}"][aria-pressed="true"]`).waitFor();
    chosen.push(seat);
  }
  return chosen;
};

// Holds what is chosen; the tray then leads to paying.
export const hold = async (reader) => {
  await reader.press(reader.page.locator("[data-act=hold]"));
  await isHeld(reader);
};

export const isHeld = async (reader) => {
  await reader.page.locator("[data-act=pay]").waitFor();
  assert.match(await reader.page.locator("#left").textContent(), /^\d?\d:\d\d$/, "the time left is shown");
};

// Makes an account; afterwards the page before is there again.
export const signUp = async (reader, person = somebody()) => {
  const { page } = reader;
  for (const field of ["name", "email", "password"]) await page.fill(`#${field}`, person[field]);
  await reader.press(page.locator("main form button.go"));
  return person;
};

export const signIn = async (reader, person) => {
  const { page } = reader;
  for (const field of ["email", "password"]) await page.fill(`#${field}`, person[field]);
  await reader.press(page.locator("main form button.go"));
};

// Signs in before the story begins.
export const signedIn = async (reader, person) => {
  await reader.visit("/sign-in");
  await signIn(reader, person);
  await reader.arrives("/");
  return person;
};

// From the tray to the form.
export const goToPay = async (reader) => {
  await reader.press(reader.page.locator("[data-act=pay]"));
  await reader.arrives(CHECKOUT);
  await formIsReady(reader);
  return new URL(reader.page.url()).pathname.match(CHECKOUT)[1];
};

export const payButton = (reader) => reader.page.locator("button.go.full").filter({ visible: true });

export const formIsReady = async (reader) => {
  await payButton(reader).waitFor();
  await reader.page.locator("[role=timer]").waitFor();
};

// Chooses a way to pay by its words.
export const choosePay = async (reader, name) => {
  await reader.press(reader.page.locator("label.option").filter({ hasText: name }));
};

export const pay = async (reader) => {
  await reader.press(payButton(reader));
};

// The tickets are there, with their codes as pictures.
export const hasTickets = async (reader, count) => {
  await reader.arrives(ORDER);
  const codes = reader.page.locator(".ticket .qr img");
  await codes.nth(count - 1).waitFor();
  assert.equal(await codes.count(), count, "each ticket has a code");
  for (const code of await codes.all()) {
    const dark = await code.evaluate(darkShare);
    assert.ok(dark > 0.25 && dark < 0.75, `the code is dark on light: ${dark}`);
  }
};

// The tickets as a file.
export const downloads = async (reader) => {
  const [file] = await Promise.all([
    reader.page.waitForEvent("download"),
    reader.press(reader.button(reader.words.download_pdf)),
  ]);
  assert.match(file.suggestedFilename(), /^(tickets|entradas)-[\w-]+\.pdf$/);
  assert.equal((await readFile(await file.path())).subarray(0, 5).toString(), "%PDF-");
};

// How much of a picture is dark; of a QR code it is about a half.
const darkShare = async (image) => {
  await image.decode();
  const canvas = Object.assign(document.createElement("canvas"), { width: 120, height: 120 });
  const brush = canvas.getContext("2d");
  brush.fillStyle = "#fff";
  brush.fillRect(0, 0, canvas.width, canvas.height);
  brush.drawImage(image, 0, 0, canvas.width, canvas.height);
  const { data } = brush.getImageData(0, 0, canvas.width, canvas.height);
  let dark = 0;
  for (let at = 0; at < data.length; at += 4) dark += data[at] < 128 ? 1 : 0;
  return dark / (data.length / 4);
};

// Gives all tickets back, once what comes back was told.
export const giveBack = async (reader) => {
  const { page, words } = reader;
  await reader.press(reader.button(words.return_tickets));
  const dialog = page.getByRole("dialog");
  await dialog.getByText(words.you_get_back).waitFor();
  assert.match(await dialog.locator(".lines .total").textContent(), /\d/, "what comes back is an amount");
  return dialog;
};

export const giveBackForGood = async (reader, dialog) => {
  await reader.press(reader.button(reader.words.return_tickets, dialog));
  await reader.page.getByText(reader.words.returned).first().waitFor({ timeout: PATIENCE_MS });
};
