//! The blocks of a page that a command writes: from `<!-- begin NAME -->` to `<!-- end NAME -->`.

use anyhow::{Context, ensure};
use std::path::Path;

/// Rewrites a block of a page.
///
/// # Errors
/// When the page has no such block, or cannot be written.
pub fn rewrite(page: &Path, name: &str, content: &str) -> anyhow::Result<()> {
    let text = std::fs::read_to_string(page).with_context(|| format!("read {}", page.display()))?;
    let text = rewritten(&text, name, content).with_context(|| format!("rewrite {}", page.display()))?;
    std::fs::write(page, text).with_context(|| format!("write {}", page.display()))
}

/// The page with another block.
///
/// # Errors
/// When it has no such block, or two.
pub fn rewritten(text: &str, name: &str, content: &str) -> anyhow::Result<String> {
    let (begin, end) = (format!("<!-- begin {name} -->\n"), format!("<!-- end {name} -->"));
    ensure!(text.matches(&begin).count() == 1, "the page has not one line {}", begin.trim());
    let (before, rest) = text.split_once(&begin).context("the block begins")?;
    let (_, after) = rest.split_once(&end).with_context(|| format!("the block {name} does not end"))?;
    Ok(format!("{before}{begin}{}\n{end}{after}", content.trim_end()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_block_changes_and_it_can_be_changed_again() {
        let page = "# Page\n<!-- begin costs -->\nold\n<!-- end costs -->\nrest\n";
        let once = rewritten(page, "costs", "new\nlines\n").expect("it has the block");
        assert_eq!(once, "# Page\n<!-- begin costs -->\nnew\nlines\n<!-- end costs -->\nrest\n");
        assert_eq!(rewritten(&once, "costs", "old").expect("it still has"), page);
        assert!(rewritten(page, "plan", "new").is_err());
        assert!(rewritten("<!-- begin costs -->\n", "costs", "new").is_err());
    }
}
