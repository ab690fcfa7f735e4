// Wakes the islands of a page. `cargo xtask site` writes the hashed names in the place of the two below.
import wake, * as islands from "./bundle.js";

// One that fails leaves the others, and the page, as the server wrote them.
const start = async () => {
  await wake({ module_or_path: new URL("./bundle.wasm", import.meta.url) });
  for (const place of document.querySelectorAll("leptos-island")) {
    const island = islands[place.dataset.component];
    if (!island) {
      console.warn("no such island in this build of the site", place.dataset.component);
      continue;
    }
    try {
      island(place);
    } catch (error) {
      console.error("an island did not wake", place.dataset.component, error);
    }
  }
  document.documentElement.dataset.awake = "";
};

start().catch((error) => console.error("the islands did not wake", error));
