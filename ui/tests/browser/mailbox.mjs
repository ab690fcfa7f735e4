// Mails where there is no mail server: in their frame, where nothing of them acts.
import assert from "node:assert/strict";
import { account } from "./harness/api.mjs";
import { LOOKS, PATIENCE_MS, Reader } from "./harness/browser.mjs";
import { holds } from "./harness/test.mjs";

// The page itself is for developers, and speaks English.
for (const look of LOOKS.filter(({ language }) => language === "en")) {
  holds(`mails are read where there is no mail server: ${look.device}`, async (test) => {
    const person = await account({ language: "es" });
    const reader = await Reader.begin(test, look);
    const { page } = reader;
    const mine = page.getByRole("listitem").filter({ hasText: person.email });
    const until = Date.now() + PATIENCE_MS;
    do {
      assert.ok(Date.now() < until, "the mail is written");
      await page.goto("/dev/mail");
    } while (!(await mine.count()));
    await reader.check("the mailbox");
    await reader.press(mine.getByRole("link", { name: "Confirma tu correo" }));
    const mail = page.frameLocator("iframe");
    await mail.getByRole("heading", { name: "¿Es este tu correo?" }).waitFor();
    await reader.check("a mail");
    const next = page.context().waitForEvent("page");
    await reader.press(mail.getByRole("link", { name: "Confirmar la dirección" }));
    await (await next).waitForURL(/\/verify-email/);
  });
}
