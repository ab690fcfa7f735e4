// The waiting room: three browsers from the lobby to their tickets, what each of its states looks like, the proof, and
// who steers it.
import assert from "node:assert/strict";
import { STAFF, account, event } from "./harness/api.mjs";
import { PATIENCE_MS, Reader, TWO_LOOKS } from "./harness/browser.mjs";
import * as line from "./harness/line.mjs";
import { holds } from "./harness/test.mjs";
import * as buyer from "./harness/steps.mjs";

const WHY = "The bank of Girona is slow. We go on at ten.";
const queue = (id) => `/events/${id}/queue`;
const act = (reader, name) => reader.page.locator(`[data-act=${name}]`);
const number = (page) => page.locator(".place .yours").textContent();

const joins = async (reader, id) => {
  await reader.visit(queue(id));
  await reader.press(act(reader, "join"));
  await act(reader, "leave").waitFor();
};

// In front of the organiser's control of a line, or of where one can be set up.
const control = async (test, id, look = {}, answer = 200) => {
  const reader = await Reader.begin(test, look);
  reader.expects(answer, `/api/admin/events/${id}/queue`);
  await buyer.signedIn(reader, STAFF);
  await reader.visit(`/organiser/events/${id}`);
  await reader.page.locator("#line-state p").first().waitFor();
  return reader;
};

// Does something about the line once the question before it is answered.
const steers = (reader, name, fields = {}) =>
  reader.isTold(async () => {
    await reader.press(act(reader, `line-${name}`));
    for (const [id, text] of Object.entries(fields)) await reader.page.fill(`#${id}`, text);
    await reader.press(act(reader, "line-do"));
    await reader.page.locator("#line-ask form").waitFor({ state: "detached" });
  });

// From being called to the tickets.
const buys = async (reader, row) => {
  await reader.press(reader.link(reader.words.choose_seats));
  await buyer.roomIsReady(reader);
  await buyer.chooseFromList(reader, 1, { row });
  await buyer.hold(reader);
  await buyer.goToPay(reader);
  await buyer.pay(reader);
  await buyer.hasTickets(reader, 1);
};

// Something is done that is news to all of them: they wait for it from before it is done until it shows.
const areTold = async (readers, does, shown) => {
  const isShown = (reader) => shown(reader).waitFor({ timeout: 2 * PATIENCE_MS });
  const told = Promise.all(readers.map((reader) => reader.isTold(() => isShown(reader))));
  await Promise.all([told, does()]);
};

const isCalled = (reader) => reader.page.getByRole("heading", { name: reader.words.your_turn, level: 1 });

holds("three browsers from the lobby to their tickets: one is closed and comes back, the organiser pauses and goes on", async (test) => {
  const id = await event({ name: "Sala llena" });
  await line.setRoom(id, { startsIn: 600 });
  const looks = [{ language: "en" }, { language: "es", device: "phone" }, { language: "en", device: "phone" }];
  const [organiser, ...readers] = await Promise.all([control(test, id), ...looks.map((look) => Reader.begin(test, look))]);
  const [first, second, third] = readers;
  const late = await account();
  // The third signs in only when it is called.
  third.expects(401, "/api/auth/refresh");
  await Promise.all([first, second].map(async (reader) => buyer.signedIn(reader, await account())));
  await Promise.all(readers.map((reader) => joins(reader, id)));
  await first.check("line, in the lobby");
  const notes = (reader) => reader.page.locator("#line-notes");
  const pauses = () => steers(organiser, "pause", { "lf-message": WHY });
  await areTold(readers, pauses, (reader) => notes(reader).getByText(WHY));
  for (const reader of readers) {
    assert.ok(await notes(reader).getByText(reader.words.paused_more).isVisible(), "the pause is told");
    assert.match(await reader.page.locator("#line-say").textContent(), new RegExp(WHY), "and said");
  }
  await second.check("line, paused in the lobby");
  const starts = () => line.changeRoom(id, { startsAt: new Date().toISOString(), message: WHY });
  await areTold(readers, starts, (reader) => reader.page.locator(".place .yours"));
  const numbers = await Promise.all(readers.map((reader) => number(reader.page)));
  assert.deepEqual([...numbers].sort(), ["1", "2", "3"], "each has a place of its own");
  await first.check("line, paused");
  await first.reload();
  assert.equal(await number(first.page), numbers[0], "a reload moves nobody");
  const tab = await second.open();
  // Once it knows its place, it knows its account: a tab that is closed before may take the session with it.
  await Promise.all([tab.waitForResponse(/\/status$/), tab.goto(queue(id))]);
  assert.equal(await number(tab), numbers[1], "another tab shows the same place");
  await tab.close();
  const kept = await third.close();
  await areTold([first, second], () => steers(organiser, "resume", { "lf-message": "" }), isCalled);
  await Promise.all([first, second].map((reader, row) => buys(reader, row)));
  const back = await Reader.begin(test, { ...looks[2], kept });
  back.expects(401, "/api/auth/refresh");
  await back.visit(queue(id));
  await isCalled(back).waitFor();
  assert.equal(await number(back.page), numbers[2], "whoever comes back has the same place");
  await back.check("line, called and to sign in");
  await back.press(back.link(back.words.sign_in, back.page.locator("#line-acts")));
  await buyer.signIn(back, late);
  await back.arrives(queue(id));
  await back.link(back.words.choose_seats).waitFor();
  await back.check("line, called");
  await buys(back, 2);
  const figures = ([joined, called]) => {
    const shown = [...document.querySelectorAll("#line .line-figs dd")].map((figure) => figure.textContent);
    return shown[0] === joined && shown[2] === called;
  };
  await organiser.page.waitForFunction(figures, ["3", "3"]);
  await organiser.page.locator("#line .charts .curve").first().waitFor();
  await organiser.check("organiser's event, a line that moves");
});

holds("whoever goes round the line is led to it", async (test) => {
  const id = await event({ name: "Por la puerta" });
  await line.setRoom(id, { startsIn: 600 });
  const reader = await Reader.begin(test);
  reader.expects(403, "/api/bookings/reserve");
  await buyer.signedIn(reader, await account());
  await buyer.openRoom(reader, id);
  await buyer.chooseFromList(reader, 1);
  await reader.press(act(reader, "hold"));
  await reader.arrives(queue(id));
  await act(reader, "join").waitFor();
});

// What no test can fill a room for, as the page is told of it.
const STATES = {
  "being drawn": [{ started: false, nowServing: 0 }, { state: "lobby", number: undefined, nowServing: 0, wait: undefined }],
  far: [{}, {}],
  near: [{ nowServing: 48_195 }, { nowServing: 48_195, ahead: 17, wait: { fromSeconds: 20, toSeconds: 55 } }],
  paused: [{ paused: true, message: WHY }, { paused: true, message: WHY, wait: undefined }],
  "all held": [{ allHeld: { seats: 12 } }, { allHeld: { seats: 12 }, wait: undefined }],
  "called, to sign in": [{}, { state: "admitted", wait: undefined, signInNeeded: true }],
  "turn lapsed": [{}, { state: "lapsed", wait: undefined }],
  left: [{}, { state: "left", wait: undefined }],
  "sold out": [{ soldOut: true }, { state: "sold_out", wait: undefined }],
  closed: [{ closed: true, message: WHY }, { state: "closed", message: WHY, wait: undefined }],
};
const TITLES = {
  "being drawn": "in_lobby", far: "in_line", near: "in_line", paused: "in_line", "all held": "in_line",
  "called, to sign in": "your_turn", "turn lapsed": "lapsed_title", left: "left_title", "sold out": "sold_out",
  closed: "line_closed",
};

for (const look of TWO_LOOKS) {
  holds(`each state of a big line: ${look.language}, ${look.device}`, async (test) => {
    const id = await event({ name: `Estadio ${look.language}` });
    await line.setRoom(id, { opensIn: 600 });
    const reader = await Reader.begin(test, look);
    const { page, words } = reader;
    await reader.visit(queue(id));
    await page.getByRole("heading", { name: words.unopened_title }).waitFor();
    await reader.check("line, not open yet");
    await line.setRoom(id, {});
    // By keys alone, and the focus is not lost when what was pressed is gone.
    await reader.visit(queue(id));
    await act(reader, "join").focus();
    await page.keyboard.press("Enter");
    await act(reader, "leave").waitFor();
    assert.ok(await page.evaluate(() => document.activeElement.closest("#line-acts") !== null), "the focus is on what comes next");
    for (const [name, [view, place]] of Object.entries(STATES)) {
      await line.tells(reader, { view: line.view(view), place: line.place(place) });
      await reader.isTold(async () => {
        await reader.visit(queue(id));
        await page.getByRole("heading", { name: words[TITLES[name]], level: 1 }).waitFor();
        if (name !== "being drawn") await page.locator("#line-head [role=timer]").waitFor({ state: "detached" });
      });
      await reader.check(`line, ${name}`);
    }
    await line.tells(reader, { view: line.view(), place: line.place() });
    await reader.isTold(async () => {
      await reader.visit(queue(id));
      await page.locator(".queue").waitFor();
      await line.isAway(reader);
      await page.locator("#line-notes .notice").waitFor();
    });
    assert.match(await page.locator("#line-notes").textContent(), /\d\d:\d\d:\d\d/, "the numbers have an age");
    assert.equal(await number(page), look.language === "en" ? "48,213" : "48.213", "and stay");
    await reader.check("line, no answer");
  });

  holds(`a line against programs: the browser's sum, or signing in: ${look.language}, ${look.device}`, async (test) => {
    const id = await event({ name: `Cuenta ${look.language}` });
    await line.setRoom(id, { challengeBits: 24 });
    const reader = await Reader.begin(test, look);
    const { page, words } = reader;
    reader.expects(403, "/join");
    await reader.visit(queue(id));
    await reader.press(act(reader, "join"));
    await page.locator("progress").waitFor();
    assert.equal(await act(reader, "join").getAttribute("aria-disabled"), "true", "pressing again does nothing");
    await reader.check("line, joining by a sum");
    await reader.press(reader.link(words.solving_instead));
    await reader.arrives(/^\/sign-in\?/);
    await buyer.signIn(reader, await account());
    await reader.arrives(queue(id));
    await reader.press(act(reader, "join"));
    await act(reader, "leave").waitFor();
    await line.changeRoom(id, { challengeBits: 12 });
    const other = await Reader.begin(test, look);
    other.expects(403, "/join");
    await joins(other, id);
    assert.equal((await line.room(id)).joined, 2, "both are in");
  });

  holds(`the proof of a line: what holds, what does not, what is not there: ${look.language}, ${look.device}`, async (test) => {
    const id = await event({ name: `Prueba ${look.language}` });
    await line.setRoom(id, { startsIn: 600 });
    const reader = await Reader.begin(test, look);
    const { page, words } = reader;
    await joins(reader, id);
    await reader.press(reader.link(words.check_place));
    await reader.arrives(`${queue(id)}/proof`);
    await page.getByText(words.checked_there).waitFor();
    await reader.check("proof, before the start");
    await line.changeRoom(id, { startsAt: new Date().toISOString() });
    await line.hasStarted(id);
    await reader.reload();
    await reader.press(reader.button(words.check_here));
    await page.getByText(words.checked_here).waitFor();
    assert.equal(await page.locator(".checks .bad").count(), 0, "all that can be checked holds");
    assert.ok((await page.locator(".checks .good").count()) >= 8, "and most can");
    await reader.check("proof, checked here");
    await page.route(/\/proof\/entries$/, (route) => route.fulfill({ json: { entries: ["00112233445566778899aabbccddeeff"] } }));
    await reader.press(reader.button(words.check_here));
    await page.getByText(words.not_all_holds).waitFor();
    assert.match(await page.locator("[role=status]", { hasText: /[1-9]\d* (failed|fallan)/ }).textContent(), /\d/, "it is said");
    await reader.check("proof, of other entries");
    reader.expects(404, "/");
    for (const path of [queue("no-such-event"), `${queue("no-such-event")}/proof`, queue("le-misanthrope")]) {
      assert.equal((await page.goto(path)).status(), 404, path);
      await reader.awake();
      await page.getByRole("heading", { name: words.missing_title }).waitFor();
      await reader.check(path);
    }
  });

  holds(`an organiser sets up a line, asks before each act, and closes it: ${look.language}, ${look.device}`, async (test) => {
    const id = await event({ name: `Control ${look.language}` });
    const reader = await control(test, id, look, 404);
    const { page, words } = reader;
    await page.getByText(words.no_line).waitFor();
    await reader.press(act(reader, "line-set"));
    await reader.check("organiser's line, to set up");
    await page.selectOption("#lf-mode", "LINE");
    await page.fill("#lf-opens", "2020-01-01T10:00");
    await page.fill("#lf-starts", "2019-01-01T10:00");
    await reader.press(act(reader, "line-do"));
    await page.getByText(words.enter_times).waitFor();
    await reader.check("organiser's line, times that cannot be");
    await page.fill("#lf-starts", "2020-01-01T11:00");
    await reader.isTold(async () => {
      await reader.press(act(reader, "line-do"));
      await page.locator("#line-state").getByText(words.line_moving).waitFor();
      await page.locator("#line-chart h3").waitFor();
    });
    for (const name of ["pause", "admit", "close"]) {
      await reader.press(act(reader, `line-${name}`));
      await reader.check(`organiser's line, ${name}?`);
      await reader.press(act(reader, "line-back"));
    }
    await steers(reader, "pause", { "lf-message": WHY });
    await page.locator("#line-state").getByText(WHY).waitFor();
    await line.joinElsewhere(id);
    await steers(reader, "admit", { "lf-count": "1" });
    const isCalled = () => document.querySelectorAll("#line .line-figs dd")[2]?.textContent === "1";
    await reader.isTold(() => page.waitForFunction(isCalled));
    await steers(reader, "close", { "lf-message": "" });
    await page.locator("#line-state").getByText(words.line_ended).waitFor();
    await reader.check("organiser's line, closed");
  });
}

for (const language of ["en", "es"]) {
  holds(`the waiting room without JavaScript: in, out and in again by forms: ${language}`, async (test) => {
    const id = await event({ name: `Sin guion ${language}` });
    await line.setRoom(id, {});
    const reader = await Reader.begin(test, { language, device: language === "en" ? "phone" : "desktop", script: false });
    const { page, words } = reader;
    await page.goto(`/events/${id}`);
    await reader.press(reader.link(words.enter_lobby));
    await page.getByRole("heading", { name: words.lobby_title }).waitFor();
    await reader.fits("line, without a script");
    await reader.press(act(reader, "join"));
    await page.getByRole("heading", { name: words.in_lobby }).waitFor();
    assert.ok((await page.locator("main").innerText()).includes(words.line_by_itself), "it says that it renews itself");
    await reader.fits("line, in without a script");
    await reader.press(act(reader, "leave"));
    await page.getByRole("heading", { name: words.left_title }).waitFor();
    await reader.press(act(reader, "join"));
    await page.getByRole("heading", { name: words.in_lobby }).waitFor();
    assert.equal((await line.room(id)).joined, 1, "who comes back at once has the same place");
  });
}
