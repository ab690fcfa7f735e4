//! A bundle of islands, which `cargo xtask site` builds: what the browser runs is in the library, by this feature.

fn main() {
    onsale_ui::hydrate();
}
