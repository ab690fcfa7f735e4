// Drawing a hall: a thousand and two hundred curved seats in a few acts, kept by itself, published, by keys alone; halls
// of twenty thousand seats; what came from elsewhere.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { ORGANISER, ask } from "./harness/api.mjs";
import { LOOKS, Reader } from "./harness/browser.mjs";
import { holds } from "./harness/test.mjs";
import * as buyer from "./harness/steps.mjs";

// The most clicks, drags and typed fields for a hall of 1,200 curved seats.
const ACTS_MAX = 15;
// A hall of this size is moved about without a frame that anybody sees missing.
const MANY = 20_000;
const FRAMES = 60;

const organiser = async () => (await ask("POST", "/api/auth/login", { body: ORGANISER })).token;

const venue = async (token, name) => {
  const place = { city: "Girona", country: "ES", timeZone: "Europe/Madrid", latitude: 41.98, longitude: 2.82 };
  return (await ask("POST", "/api/admin/venues", { token, body: { name, ...place } })).id;
};

const hallOf = async (name) => {
  const token = await organiser();
  const { hallId } = await ask("POST", `/api/admin/venues/${await venue(token, name)}/halls`, { token, body: { name } });
  return hallId;
};

const record = async (id) => ask("GET", `/api/admin/halls/${id}`, { token: await organiser() });

const opened = async (reader, id) => {
  await reader.visit(`/organiser/halls/${id}`);
  await reader.page.locator("#plan[data-drawn]").waitFor();
};

// What was drawn is kept by itself: the page says so, and the server knows the same.
const isKept = async (reader) => reader.page.getByText(reader.language === "en" ? /saved \d\d:\d\d/ : /guardado \d\d:\d\d/).waitFor();

// Counts what a hand does.
const counted = (reader) => {
  const { page } = reader;
  let acts = 0;
  const act = async (does) => {
    acts += 1;
    await does();
  };
  return {
    acts: () => acts,
    press: (locator) => act(() => reader.press(locator)),
    type: (locator, text) => act(() => locator.fill(text)),
    drag: (from, to) =>
      act(async () => {
        await page.mouse.move(...from);
        await page.mouse.down();
        await page.mouse.move((from[0] + to[0]) / 2, (from[1] + to[1]) / 2);
        await page.mouse.move(...to);
        await page.mouse.up();
      }),
  };
};

for (const look of LOOKS) {
  holds(`a hall of 1,200 curved seats is drawn in a few acts: ${look.language}, ${look.device}`, async (test) => {
    const name = `Teatro ${look.language} ${look.device}`;
    const id = await hallOf(name);
    const reader = await Reader.begin(test, look);
    const { page, words } = reader;
    await buyer.signedIn(reader, ORGANISER);
    await opened(reader, id);
    await reader.check("editor, an empty hall");
    const hand = counted(reader);
    const box = await page.locator("#plan").boundingBox();
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    await hand.press(page.getByRole("button", { name: words.hall_tool_curved }));
    await hand.drag([x - 80, y], [x + 80, y + 60]);
    await hand.type(page.locator("#f-rows"), "30");
    await hand.type(page.locator("#f-seats"), "40");
    await hand.type(page.locator("#f-aisles"), "10, 30");
    await hand.type(page.locator("#f-name"), "Platea");
    await page.locator("#figures", { hasText: /1[,.]?200/ }).waitFor();
    await hand.press(page.locator("[data-act=fit]"));
    await isKept(reader);
    await page.locator("#mend", { hasText: "0" }).waitFor();
    await reader.check("editor, a block selected");
    await hand.press(page.locator("#publish"));
    await page.locator("#told .notice.good").waitFor();
    await reader.check("editor, published");
    assert.ok(hand.acts() <= ACTS_MAX, `${hand.acts()} clicks, drags and typed fields`);
    const { hall, versions } = await record(id);
    assert.deepEqual([versions.length, versions[0].seatCount], [1, 1_200]);
    const [, stalls] = hall.parts;
    assert.equal(stalls.name, "Platea");
    assert.ok(stalls.shape.block.curve > 0, "the rows are curved");
    console.log(`    ${hand.acts()} acts for 1,200 curved seats`);

    // A step back and one on; the first block again, mirrored; seats that are not like the others.
    await page.locator("#plan").focus();
    await page.keyboard.press("Control+z");
    await page.keyboard.press("Control+y");
    await page.locator(`[data-pick="${stalls.number}"]`).last().click();
    await page.locator("details summary").first().click();
    await page.fill("#n-row", "A");
    await page.fill("#n-from", "1");
    await page.fill("#n-to", "4");
    await page.locator("form[data-form=seats] button").click();
    await page.getByLabel(words.hall_step_free, { exact: true }).click();
    await page.locator("#figures", { hasText: /^.*4 (step-free|sin escalones)/ }).waitFor();
    await reader.check("editor, seats chosen");
    await isKept(reader);
    const marked = (await record(id)).hall.parts[1].shape.block.marks;
    assert.deepEqual(marked.map(({ row, place, kind }) => [row, place, kind.accessible]), [[0, 0, true], [0, 1, true], [0, 2, true], [0, 3, true]]);
  });
}

holds("a hall is drawn by keys alone", async (test) => {
  const id = await hallOf("Teclas");
  const reader = await Reader.begin(test, LOOKS[1]);
  const { page, words } = reader;
  await buyer.signedIn(reader, ORGANISER);
  await opened(reader, id);
  await page.locator("#plan").focus();
  for (const key of ["c", "Enter", "ArrowDown", "ArrowDown", "ArrowRight"]) await page.keyboard.press(key);
  await page.locator("#figures", { hasText: "200" }).waitFor();
  await page.keyboard.press("Control+d");
  await page.keyboard.press("m");
  await page.locator("#figures", { hasText: "400" }).waitFor();
  // From seat to seat, each said as it is reached.
  for (const key of ["p", "ArrowRight", "ArrowRight", " "]) await page.keyboard.press(key);
  await page.locator("#figures", { hasText: "1 seat chosen" }).waitFor();
  await page.keyboard.press("ArrowDown");
  await page.locator("#say", { hasText: /row [A-J], seat \d+/ }).waitFor();
  await page.keyboard.press("Delete");
  await page.locator("#figures", { hasText: "399" }).waitFor();
  for (let step = 0; step < 3; step++) await page.keyboard.press("Control+z");
  await page.locator("#figures", { hasText: "200" }).waitFor();
  await isKept(reader);
  assert.equal((await record(id)).hall.parts.length, 2);
});

holds("who draws in two tabs is told, and nothing is lost unsaid", async (test) => {
  const id = await hallOf("Dos pestañas");
  const reader = await Reader.begin(test, LOOKS[1]);
  const { page, words } = reader;
  reader.expects(409, `/api/admin/halls/${id}`);
  await buyer.signedIn(reader, ORGANISER);
  await opened(reader, id);
  const token = await organiser();
  const { revision, hall } = await record(id);
  await ask("PUT", `/api/admin/halls/${id}`, { token, body: { revision, hall: { ...hall, name: "Changed elsewhere" } } });
  await page.locator("#plan").focus();
  await page.keyboard.press("r");
  await page.keyboard.press("Enter");
  await page.getByText(words.hall_stale).waitFor();
  await reader.check("editor, changed elsewhere");
  await reader.press(reader.button(words.hall_load_again));
  await page.locator("#name", { hasText: "Changed elsewhere" }).waitFor();
});

// A plan for pretix with so many seats.
const pretix = (seats) => ({
  name: "Stadthalle", size: { width: 6_000, height: 5_000 }, categories: [{ name: "Parkett", color: "#7fff00" }],
  zones: [{ name: "Saal", zone_id: "s", position: { x: 100, y: 100 }, areas: [], rows: Array.from({ length: seats / 200 }, (_, row) => ({
    row_number: `${row + 1}`, row_number_position: "both", position: { x: 0, y: row * 40 },
    seats: Array.from({ length: 200 }, (_, seat) => ({
      seat_guid: `s-${row}-${seat}`, seat_number: `${seat + 1}`, position: { x: seat * 25.5, y: 0 }, category: "Parkett",
    })),
  })) }],
});

holds("twenty thousand seats are brought in, moved fluently, and taken back equal", async (test) => {
  const reader = await Reader.begin(test, LOOKS[1]);
  const { page, words } = reader;
  const token = await organiser();
  const house = await venue(token, "Stadthalle");
  await buyer.signedIn(reader, ORGANISER);
  await reader.visit("/organiser/halls");
  const field = page.locator(`[data-bring="${house}"]`);
  await field.waitFor();
  await reader.check("halls");
  const plan = pretix(MANY);
  await field.setInputFiles({ name: "stadthalle.json", mimeType: "application/json", buffer: Buffer.from(JSON.stringify(plan)) });
  await reader.arrives(/^\/organiser\/halls\/[0-9a-f-]{36}/);
  await page.locator("#plan[data-drawn]").waitFor();
  await page.locator("#figures", { hasText: "20,000" }).waitFor();
  const box = await page.locator("#plan").boundingBox();
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  // How long the page's own work takes in each frame while all seats are in sight and carried.
  await page.evaluate(() => {
    window.frames_ms = [];
    const ask = window.requestAnimationFrame.bind(window);
    window.requestAnimationFrame = (does) => ask((now) => {
      const began = performance.now();
      does(now);
      window.frames_ms.push(performance.now() - began);
    });
  });
  await page.mouse.move(x, y);
  await page.mouse.down();
  for (let step = 1; step <= FRAMES; step++) await page.mouse.move(x + step, y + step / 2);
  await page.mouse.up();
  const frames = await page.evaluate(() => window.frames_ms.sort((a, b) => a - b));
  const middle = frames[Math.floor(frames.length / 2)];
  console.log(`    ${frames.length} frames of 20,000 seats: ${middle.toFixed(1)} ms in the middle, ${frames.at(-1).toFixed(1)} ms at most`);
  assert.ok(frames.length > 0, "it was painted");
  await page.keyboard.press("Control+z");
  await isKept(reader);
  const id = new URL(page.url()).pathname.split("/").at(-1);
  assert.deepEqual(await ask("GET", `/api/admin/halls/${id}/pretix`, { token }), plan);
  await page.keyboard.press("Escape");
  const saved = page.waitForEvent("download");
  await reader.press(reader.button(words.hall_as_pretix));
  const file = await (await saved).path();
  assert.deepEqual(JSON.parse(await readFile(file, "utf8")), plan);
});
