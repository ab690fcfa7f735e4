// Those who run an organisation or the installation: the second factor, for whom one acts, invitations, keys, the audit
// log, settings while everything runs, accounts; and who may not look.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { readFile } from "node:fs/promises";
import { ORGANISER, STAFF, account, ask, somebody, staffToken, until } from "./harness/api.mjs";
import { LOOKS, Reader, TWO_LOOKS } from "./harness/browser.mjs";
import { holds } from "./harness/test.mjs";
import * as buyer from "./harness/steps.mjs";

const STEP_S = 30;
const BASE_32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

// What a device shows for a secret just now (RFC 6238).
const codeOf = (secret) => {
  const bits = [...secret.replace(/\s/g, "")].map((letter) => BASE_32.indexOf(letter).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 1_000 / STEP_S)));
  const digest = createHmac("sha1", key).update(counter).digest();
  const at = digest.at(-1) & 15;
  return String((digest.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, "0");
};

// An organisation of the test's own.
const organisation = async (name) => (await ask("POST", "/api/admin/organisations", { token: await staffToken(), body: { name } })).id;

// Makes somebody a member, as an invitation does.
const joins = async (person, id, roles) => {
  const token = await staffToken();
  const made = await ask("POST", `/api/admin/organisations/${id}/invitations`, { token, body: { email: person.email, roles } });
  await ask("POST", "/api/auth/invitations/accept", { token: person.token, body: { token: made.token } });
  const again = await ask("POST", "/api/auth/login", { body: { email: person.email, password: person.password } });
  person.token = again.token;
};

const dialog = (reader) => reader.page.locator("#ask");
const sends = (reader, form) => reader.press(reader.page.locator(`[data-form="${form}"] [data-send]`));
const mends = (reader, form) => reader.page.locator(`#${form}-summary`).waitFor();

for (const look of LOOKS) {
  holds(`somebody is invited, makes an account, accepts, makes a key, and the log knows: ${look.language}, ${look.device}`, async (test) => {
    const name = `Teatro ${look.language} ${look.device}`;
    const id = await organisation(name);
    const guest = somebody("Olga Ñuño");
    const reader = await Reader.begin(test, look);
    const { page, words } = reader;
    await buyer.signedIn(reader, STAFF);
    await reader.visit(`/organiser/organisation?of=${id}`);
    await page.getByRole("heading", { name, level: 1 }).waitFor();
    await page.locator("#desk-links a").first().waitFor();
    await reader.check("people, nobody yet");
    await sends(reader, "invite");
    await mends(reader, "invite");
    await reader.focusComesTo("invite-summary");
    await reader.check("people, nothing typed");
    await page.fill("#invite-email", guest.email);
    await reader.press(page.locator("#invite-roles"));
    await sends(reader, "invite");
    const link = await page.locator("#link").textContent();
    await reader.check("people, the link");

    const invited = await Reader.begin(test, look);
    invited.expects(401, "/api/auth/refresh");
    await invited.visit(new URL(link).pathname + new URL(link).search);
    assert.equal(new URL(invited.page.url()).search, "", "the token has left the address");
    await invited.check("invitation, nobody signed in");
    await invited.press(invited.link(invited.words.make_account, invited.page.locator("main")));
    await invited.arrives(/^\/sign-up\?/);
    await buyer.signUp(invited, guest);
    await invited.arrives("/invitation");
    await invited.check("invitation, signed in");
    await invited.press(invited.button(words.invitation_accept));
    await invited.page.getByRole("heading", { name: words.invitation_welcome }).waitFor();
    await invited.check("invitation, accepted");
    await invited.visit("/organiser/organisation");
    await invited.page.getByRole("heading", { name, level: 1 }).waitFor();
    await invited.page.locator("#member-rows", { hasText: guest.email }).waitFor();
    await invited.page.locator("#desk-links", { hasText: name }).waitFor();
    const accounts = invited.page.locator("#desk-links").getByRole("link", { name: words.users, exact: true });
    assert.equal(await accounts.count(), 0, "accounts are the admins'");

    await invited.visit("/organiser/keys");
    await invited.page.locator("#key-name").waitFor();
    await invited.check("keys, none yet");
    await sends(invited, "key");
    await mends(invited, "key");
    await invited.page.fill("#key-name", "Caja 1");
    await invited.press(invited.page.locator("#key-scopes"));
    await sends(invited, "key");
    assert.match(await invited.page.locator("#secret").textContent(), /^osk_/);
    await invited.page.locator("#key-rows", { hasText: "Caja 1" }).waitFor();
    await invited.check("keys, made");
    await invited.press(invited.page.locator("#key-rows [data-act=revoke]"));
    await invited.check("keys, asked before one is revoked");
    await sends(invited, "revoke");
    await invited.page.locator("#key-rows .badge.bad").waitFor();

    // What was done is in the chain a moment later.
    await until("the log to know of the key", async () => {
      await invited.visit(`/organiser/audit?action=api-key.&actor=${encodeURIComponent(guest.email)}`);
      await invited.page.locator("#entries").locator("table, p").first().waitFor();
      return (await invited.page.locator("#entry-rows tr").count()) === 2;
    });
    await invited.check("audit log, searched");
    await invited.press(invited.page.locator("#entry-rows [data-act=entry]").first());
    await dialog(invited).getByText("api-key.revoke").waitFor();
    await invited.check("audit log, an entry");
    await invited.press(invited.button(words.close, dialog(invited)));
    const [file] = await Promise.all([
      invited.page.waitForEvent("download"),
      invited.press(invited.button(words.audit_file)),
    ]);
    const lines = (await readFile(await file.path(), "utf8")).trim().split("\r\n");
    assert.equal(lines.length, 3, "a head and two entries");
    assert.ok(lines[0].startsWith("number,at,actor") && lines[1].includes("api-key.revoke"), lines.join("\n"));
    await invited.page.fill("#object", "nothing-of-this-id");
    await sends(invited, "search");
    await invited.page.getByText(words.audit_none_found).waitFor();

    // Who invited them changes what they may do, and takes them out.
    await reader.reload();
    await reader.press(page.locator("#member-rows [data-act=member]"));
    await reader.check("people, asked what one may do");
    await reader.press(page.locator("#member-roles-2"));
    await sends(reader, "member");
    await page.locator("#member-rows", { hasText: reader.language === "en" ? "Gate" : "Puerta" }).waitFor();
    await reader.press(page.locator("#member-rows [data-act=out]"));
    await sends(reader, "out");
    await page.getByText(words.no_members).waitFor();
  });
}

for (const look of TWO_LOOKS) {
  holds(`a second factor is set up, asked for, and taken away: ${look.language}, ${look.device}`, async (test) => {
    const person = await account({ name: "Sara Segura" });
    const reader = await Reader.begin(test, look);
    const { page, words } = reader;
    reader.expects(401, "/api/auth/login");
    reader.expects(401, "/api/auth/refresh");
    reader.expects(422, "/api/auth/second-factor");
    await buyer.signedIn(reader, person);
    await reader.visit("/account/security");
    await page.locator("[data-act=set-up]").waitFor();
    await reader.check("security, off");
    await reader.press(page.locator("[data-act=set-up]"));
    await page.locator(".qr").waitFor();
    await reader.focusComesTo("factor-h");
    await reader.check("security, setting up");
    await page.fill("#code", "000000");
    await sends(reader, "confirm");
    await mends(reader, "confirm");
    await reader.check("security, a wrong code");
    await page.fill("#code", codeOf(await page.locator("#factor-secret").textContent()));
    await sends(reader, "confirm");
    const codes = page.locator("#codes code");
    await codes.first().waitFor();
    assert.equal(await codes.count(), 10);
    const [first, second] = await codes.allTextContents();
    await reader.check("security, recovery codes");
    await reader.press(page.locator("[data-act=codes-kept]"));
    await page.locator("[data-act=renew]").waitFor();
    await reader.check("security, on");

    // From now on signing in takes a code too; a recovery code is one, once.
    const other = await Reader.begin(test, look);
    other.expects(401, "/api/auth/login");
    await other.visit("/sign-in");
    await buyer.signIn(other, person);
    await other.page.fill("#code", first);
    await other.press(other.page.locator("main form button.go"));
    await other.arrives("/");

    await reader.press(page.locator("[data-act=remove]"));
    await page.fill("#ask #code", first);
    await sends(reader, "remove");
    await mends(reader, "remove");
    await reader.check("security, asked before it is removed");
    await page.fill("#ask #code", second);
    await sends(reader, "remove");
    await page.locator("[data-act=set-up]").waitFor();
    assert.ok(await page.getByText(words.factor_off).first().isVisible());
  });

  holds(`who is in two organisations chooses for which to act: ${look.language}, ${look.device}`, async (test) => {
    const person = await account({ name: "Dora Dos" });
    const names = [`Primera ${look.language}`, `Segunda ${look.language}`];
    await joins(person, await organisation(names[0]), ["box_office"]);
    await joins(person, await organisation(names[1]), ["organiser"]);
    const reader = await Reader.begin(test, look);
    const { page } = reader;
    await buyer.signedIn(reader, person);
    await reader.visit("/account/security");
    await page.getByLabel(names[0]).waitFor();
    assert.ok(await page.getByLabel(names[0]).isChecked(), "the first one, as nobody chose");
    await reader.check("security, two organisations");
    await reader.press(page.getByLabel(names[1]));
    await sends(reader, "act-for");
    await page.locator("#desk-links", { hasText: names[1] }).waitFor();
    await reader.visit("/organiser/organisation");
    await page.getByRole("heading", { name: names[1], level: 1 }).waitFor();
  });

  holds(`settings are changed while it runs, and two who do so at once are told: ${look.language}, ${look.device}`, async (test) => {
    const [limit, field] = look.language === "en" ? ["limit-key", "key"] : ["limit-account", "account"];
    const reader = await Reader.begin(test, look);
    const { page, words } = reader;
    reader.expects(409, "/api/admin/settings");
    await buyer.signedIn(reader, STAFF);
    await reader.visit("/organiser/settings");
    const calls = page.locator(`#calls-${field}`);
    await calls.waitFor();
    await reader.check("settings");
    await calls.fill("0");
    await page.fill(`#seconds-${field}`, "4000");
    await sends(reader, limit);
    await mends(reader, limit);
    await page.getByText(words.settings_seconds_wrong).first().waitFor();
    await reader.check("settings, out of bounds");
    // Somebody else is faster, with the same form in mind.
    const token = await staffToken();
    const elsewhere = () =>
      until("somebody changes the settings", async () => {
        const body = await ask("GET", "/api/admin/settings", { token });
        return ask("PUT", "/api/admin/settings", { token, body }).then(() => true, () => false);
      });
    await calls.fill("900000");
    await page.fill(`#seconds-${field}`, "1");
    await elsewhere();
    await sends(reader, limit);
    await mends(reader, limit);
    await reader.check("settings, somebody was faster");
    assert.equal(await calls.inputValue(), "900000", "what was typed is kept");
    await until("the settings are saved", async () => {
      // The same test in another language may be faster again.
      await sends(reader, limit);
      await reader.settle();
      const { settings } = await ask("GET", "/api/admin/settings", { token });
      return settings.limits[field === "key" ? "apiKey" : "account"]?.calls === 900_000;
    });
    await page.locator("#version-rows .changes").first().waitFor();
    // The banner is seen as people will see it, before it is saved.
    await page.fill("#banner-es", "Volvemos a las 10:00.");
    await page.locator("#seen-es", { hasText: "Volvemos a las 10:00." }).waitFor();
    await sends(reader, "banner");
    await page.getByText(words.settings_banner_wrong_en).first().waitFor();
    await reader.check("settings, a banner in one language");
  });

  holds(`accounts are found, given roles and disabled; operators look, others do not: ${look.language}, ${look.device}`, async (test) => {
    const person = await account({ name: `Ulises ${look.language}` });
    const reader = await Reader.begin(test, look);
    const { page, words } = reader;
    await buyer.signedIn(reader, STAFF);
    await reader.visit("/organiser/users");
    await page.locator("#user-rows tr").first().waitFor();
    await reader.check("accounts");
    await page.fill("#query", person.email.toUpperCase());
    await sends(reader, "find");
    await page.waitForFunction(() => document.querySelectorAll("#user-rows tr").length === 1);
    await reader.press(page.locator("#user-rows [data-act=user]"));
    await dialog(reader).getByText(person.email).waitFor();
    await reader.check("accounts, asked what one may do");
    await reader.press(page.locator("#user-roles-5"));
    await sends(reader, "user");
    await page.locator("#user-rows", { hasText: reader.language === "en" ? "Operator" : "Operador" }).waitFor();

    const operator = await Reader.begin(test, look);
    operator.expects(403, "/api/admin/users");
    operator.expects(401, "/api/");
    await buyer.signedIn(operator, person);
    await operator.visit("/organiser/settings");
    await operator.page.getByText(words.settings_look_only).waitFor();
    assert.equal(await operator.page.locator("[data-send]").count(), 0, "operators only look");
    await operator.check("settings, to look at");
    await operator.visit("/organiser/users");
    await operator.page.getByRole("heading", { name: words.desk_refused }).waitFor();
    await operator.check("accounts, refused");

    await reader.press(page.locator("#user-rows [data-act=user]"));
    await reader.press(page.locator("#user-disabled"));
    await sends(reader, "user");
    await page.locator("#user-rows .badge.bad").waitFor();
    await reader.check("accounts, one disabled");
    await page.fill("#query", "nobody-is-called-so");
    await sends(reader, "find");
    await page.getByText(words.users_none).waitFor();
    await reader.check("accounts, none found");
  });

  holds(`an organiser's pages lead to each other, and not to the installation's: ${look.language}, ${look.device}`, async (test) => {
    const reader = await Reader.begin(test, look);
    const { page, words } = reader;
    reader.expects(403, "/api/admin/");
    await buyer.signedIn(reader, ORGANISER);
    await reader.visit("/organiser");
    await page.locator(".nights li").first().waitFor();
    for (const [word, path] of [[words.halls, "/organiser/halls"], [words.keys, "/organiser/keys"], [words.audit, "/organiser/audit"]]) {
      await reader.press(page.locator("#desk-links").getByRole("link", { name: word, exact: true }));
      await reader.arrives(path);
      await page.locator("#desk-links [aria-current=page]", { hasText: word }).waitFor();
    }
    await page.locator("#entries").waitFor();
    await reader.check("audit log");
    assert.equal(await page.locator('#desk-links a[href^="/organiser/settings"]').count(), 0);
    for (const path of ["/organiser/settings", "/organiser/users"]) {
      await reader.visit(path);
      await page.getByRole("heading", { name: words.desk_refused }).waitFor();
      await reader.check(`${path}, refused`);
    }
  });
}
