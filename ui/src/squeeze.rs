//! The style without what only people read. `cargo xtask site` packs what this gives, and the server serves it.

/// Takes comments and needless space out of a style sheet.
#[must_use]
pub(crate) fn squeeze(css: &str) -> String {
    let mut squeezed = String::with_capacity(css.len());
    let mut rest = css;
    let mut bare = String::with_capacity(css.len());
    while let Some(start) = rest.find("/*") {
        bare.push_str(&rest[..start]);
        rest = rest[start..].split_once("*/").map_or("", |(_, after)| after);
    }
    bare.push_str(rest);
    let tight = |c: char| matches!(c, '{' | '}' | ';' | ',');
    let opens = |c: char| tight(c) || c == ':';
    for word in bare.split_whitespace() {
        let after = squeezed.chars().next_back();
        let joins = word.chars().next().is_some_and(tight) || after.is_none_or(opens);
        if !joins {
            squeezed.push(' ');
        }
        squeezed.push_str(word);
    }
    squeezed.replace(";}", "}")
}

#[cfg(test)]
mod tests {
    use super::squeeze;

    #[test]
    fn only_what_means_nothing_goes() {
        let css = "/* a */\n@layer a, b;\n a {\n  width: calc(1px + 2px); /* b */\n  & .b { color: red; }\n}\n";
        assert_eq!(squeeze(css), "@layer a,b;a{width:calc(1px + 2px);& .b{color:red}}");
        assert_eq!(squeeze("a::before{content:\"\"}"), "a::before{content:\"\"}");
    }
}
