// The page at the gate: scans with and without a network, two devices that merge, a camera, a list that somebody changed.
import assert from "node:assert/strict";
import { ORGANISER, account, ask, event, hold, pay, seatIds, staffToken } from "./harness/api.mjs";
import { LOOKS, Reader, TWO_LOOKS } from "./harness/browser.mjs";
import { holds } from "./harness/test.mjs";
import * as buyer from "./harness/steps.mjs";

// An event with so many tickets of one buyer.
const sold = async (name, count) => {
  const id = await event({ name, limit: 10 });
  const person = await account();
  const { reservationId } = await hold(person.token, id, { seats: (await seatIds(id)).slice(0, count) });
  const order = await pay(person.token, reservationId);
  return { id, person, order, codes: order.tickets.map((ticket) => ticket.qr) };
};

// A device at a gate, signed in, with its list.
const gate = async (test, look, id, name) => {
  const reader = await Reader.begin(test, look);
  await buyer.signedIn(reader, ORGANISER);
  await reader.visit(`/organiser/events/${id}/check-in`);
  await reader.page.locator("#listed[data-whole]").waitFor();
  await reader.page.fill("#gate", name);
  await connected(reader);
  return reader;
};

const connected = (reader) => reader.page.locator("#net", { hasText: reader.words.gate_online }).waitFor();

// Types a code, as a hand scanner does; gives what the page says of it.
const scan = async (reader, code) => {
  const { page } = reader;
  await page.evaluate(() => delete document.getElementById("told").dataset.outcome);
  await page.fill("#code", code);
  await page.keyboard.press("Enter");
  await page.locator("#told[data-outcome]").waitFor();
  return page.getAttribute("#told", "data-outcome");
};

const unsent = (reader, count) => reader.page.locator(`#unsent[data-unsent="${count}"]`).waitFor();
const counts = async (id) => ask("GET", `/api/admin/events/${id}/check-ins`, { token: await staffToken() });

for (const look of LOOKS) {
  holds(`whoever stands at the gate sees at once who may come in: ${look.language}, ${look.device}`, async (test) => {
    const { id, person, order, codes } = await sold(`Puerta ${look.language} ${look.device}`, 2);
    const reader = await gate(test, look, id, "North");
    const { page, words } = reader;
    await reader.check("gate, ready");
    assert.equal(await scan(reader, codes[0]), "admitted");
    await page.getByText(words.gate_come_in).waitFor();
    await reader.check("gate, come in");
    assert.equal(await scan(reader, codes[0]), "already_in");
    await page.getByText(words.gate_stop).waitFor();
    await reader.check("gate, not in");
    assert.equal(await scan(reader, "https://example.com/"), "unknown");
    await reader.press(reader.button(words.gate_out));
    assert.equal(await scan(reader, codes[0]), "left");
    await reader.check("gate, out");
    await reader.press(reader.button(words.gate_in));
    assert.equal(await scan(reader, codes[0]), "admitted");
    // By the number under the code.
    assert.equal(await scan(reader, order.tickets[1].ticketId), "admitted");
    await page.getByText(words.gate_by_number).waitFor();
    await page.locator(".gates td", { hasText: "North" }).waitFor();
    await reader.check("gate, counts");
    const owner = await Reader.begin(test, look);
    await buyer.signedIn(owner, person);
    await owner.visit(`/orders/${order.orderId}`);
    await owner.page.getByText(words.used).first().waitFor();
  });
}

for (const look of TWO_LOOKS) {
  holds(`two gates without a network merge by the earlier scan: ${look.language}, ${look.device}`, async (test) => {
    const { id, codes } = await sold(`Sin red ${look.language}`, 3);
    const [north, south] = await Promise.all([gate(test, look, id, "North"), gate(test, look, id, "South")]);
    // What the page is made of is kept before the network goes.
    const isKept = async () => {
      const urls = (await (await caches.open("onsale-gate")).keys()).map((request) => request.url);
      return urls.some((url) => url.endsWith(".wasm")) && urls.some((url) => url.includes("/check-in"));
    };
    await north.page.waitForFunction(isKept);
    for (const device of [north, south]) {
      await device.isTold(async () => {
        await device.context.setOffline(true);
        await device.page.locator("#net", { hasText: device.words.gate_offline }).waitFor();
      });
    }
    assert.equal(await scan(south, codes[1]), "admitted");
    assert.equal(await scan(north, codes[0]), "admitted");
    assert.equal(await scan(north, codes[0]), "already_in");
    // The other gate cannot know.
    assert.equal(await scan(south, codes[0]), "admitted");
    await south.page.getByText(south.words.gate_decided_here).waitFor();
    await unsent(north, 2);
    await unsent(south, 2);
    await south.check("gate, without a network");
    // What was scanned outlives the page.
    await north.isTold(async () => {
      await north.reload();
      await unsent(north, 2);
    });
    await north.page.locator("#listed[data-whole]").waitFor();
    assert.equal(await scan(north, codes[0]), "already_in");
    await unsent(north, 3);
    // The one that scanned later is heard first.
    for (const device of [south, north]) {
      await device.isTold(async () => {
        await device.context.setOffline(false);
        await connected(device);
        await unsent(device, 0);
      });
    }
    await north.page.locator("#conflicts li").waitFor();
    await north.check("gate, merged");
    const merged = await counts(id);
    assert.deepEqual([merged.used, merged.inside, merged.conflicts.length], [2, 2, 1]);
    assert.deepEqual([merged.conflicts[0].gate, merged.conflicts[0].enteredGate], ["South", "North"]);
    assert.deepEqual(merged.gates.map((one) => [one.gate, one.admitted, one.refused, one.conflicts]), [
      ["North", 1, 2, 0],
      ["South", 1, 0, 1],
    ]);
    assert.equal(await scan(south, codes[0]), "already_in");
    assert.equal(await scan(south, codes[2]), "admitted");
  });
}

holds("a camera reads a ticket where the browser cannot", async (test) => {
  const { id, person, order } = await sold("Camera", 1);
  const [ticket] = order.tickets;
  const path = `${process.env.ONSALE_URL}/api/bookings/${order.orderId}/tickets/${ticket.ticketId}/qr.svg`;
  const svg = await (await fetch(path, { headers: { authorization: `Bearer ${person.token}` } })).text();
  const reader = await Reader.begin(test, { device: "phone" });
  // In front of the camera is a phone with the ticket, not quite straight.
  await reader.context.addInitScript((picture) => {
    delete window.BarcodeDetector;
    navigator.mediaDevices.getUserMedia = async () => {
      const image = new Image();
      image.src = `data:image/svg+xml,${encodeURIComponent(picture)}`;
      await image.decode();
      const canvas = Object.assign(document.createElement("canvas"), { width: 1280, height: 720 });
      const brush = canvas.getContext("2d");
      const draw = () => {
        brush.setTransform(1, 0, 0, 1, 0, 0);
        brush.fillStyle = "#667";
        brush.fillRect(0, 0, 1280, 720);
        brush.setTransform(1, 0.06, -0.05, 1, 360, 60);
        brush.drawImage(image, 0, 0, 560, 560);
      };
      draw();
      setInterval(draw, 100);
      return canvas.captureStream(10);
    };
  }, svg);
  await buyer.signedIn(reader, ORGANISER);
  await reader.visit(`/organiser/events/${id}/check-in`);
  await reader.page.locator("#listed[data-whole]").waitFor();
  await connected(reader);
  await reader.press(reader.button(reader.words.gate_camera));
  await reader.page.locator('#told[data-outcome="admitted"]').waitFor();
  await reader.press(reader.button(reader.words.gate_camera_off));
  await reader.page.locator("#camera").waitFor({ state: "hidden" });
});

holds("a list that somebody changed is not used", async (test) => {
  const { id, codes } = await sold("Changed", 1);
  const reader = await gate(test, { device: "phone" }, id, "North");
  await reader.context.setOffline(true);
  // A ticket of the list becomes another one's.
  await reader.page.evaluate(async () => {
    const open = indexedDB.open("onsale-gate", 1);
    await new Promise((done) => (open.onsuccess = done));
    const table = open.result.transaction("texts", "readwrite").objectStore("texts");
    const keys = await new Promise((done) => (table.getAllKeys().onsuccess = (event) => done(event.target.result)));
    const key = keys.find((one) => one.startsWith("list/"));
    const text = await new Promise((done) => (table.get(key).onsuccess = (event) => done(event.target.result)));
    const change = text[120] === "A" ? "B" : "A";
    const put = table.put(text.slice(0, 120) + change + text.slice(121), key);
    await new Promise((done) => (put.onsuccess = done));
  });
  await reader.isTold(async () => {
    await reader.reload();
    await reader.page.getByText(reader.words.gate_changed).waitFor();
  });
  assert.equal(await scan(reader, codes[0]), "no_list");
  await unsent(reader, 0);
});
