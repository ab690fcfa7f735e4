// Keeps what the page at the gate is made of, so that it opens without a network. What it knows of tickets is not here:
// that is in the browser's database, and signed.
const KEPT = "onsale-gate";
const PATIENCE_MS = 3_000;

const isGate = (url) => /^\/organiser\/events\/[^/]+\/check-in$/.test(url.pathname);
// A page differs by cookies and languages: here is one reader.
const found = (request) => caches.match(request, { cacheName: KEPT, ignoreVary: true, ignoreSearch: request.mode === "navigate" });

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

// The page says what it is made of; what is of an earlier build goes.
self.addEventListener("message", (event) => {
  const files = (event.data?.files ?? []).map((file) => new URL(file, self.location.origin).href);
  const keep = async () => {
    const cache = await caches.open(KEPT);
    const missing = [];
    for (const file of files) {
      if (isGate(new URL(file)) || !(await cache.match(file, { ignoreVary: true }))) missing.push(file);
    }
    await cache.addAll(missing);
    for (const request of await cache.keys()) {
      const url = new URL(request.url);
      if (!isGate(url) && !files.includes(url.href)) await cache.delete(request);
    }
    event.source?.postMessage({ kept: files.length });
  };
  event.waitUntil(keep().catch((error) => console.info("the page at the gate is not kept yet", error.message)));
});

// The newest page where it comes soon, else the kept one.
const freshOrKept = async (request) => {
  const late = new Promise((done) => setTimeout(done, PATIENCE_MS));
  const fresh = fetch(request).catch(() => null);
  const first = await Promise.race([fresh, late]);
  if (first && first.status < 500) return first;
  return (await found(request)) ?? (await fresh) ?? Response.error();
};

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate" && isGate(url)) event.respondWith(freshOrKept(request));
  // Their names change with their content.
  else if (url.pathname.startsWith("/assets/")) event.respondWith(found(request).then((kept) => kept ?? fetch(request)));
});
