//! Forms as HTML: label, hint, message, input; a summary of what is wrong on top, a button that keeps its width below.

use crate::language::Language;
use onsale_core::text::escape_html;

/// A field for a line of text.
#[derive(Debug, Clone, Copy, Default)]
pub struct Field<'a> {
    /// The input's id and name.
    pub id: &'a str,
    /// What it asks for.
    pub label: &'a str,
    /// More about what is asked for.
    pub hint: &'a str,
    /// What stands in it.
    pub value: &'a str,
    /// Its other attributes, as HTML.
    pub more: &'a str,
}

impl Field<'_> {
    /// As HTML with room for several lines.
    pub fn area(self) -> String {
        let Self { id, label, hint, value, more } = self;
        format!(
            "<div class=\"field\"><label for=\"{id}\">{label}</label>{}<textarea class=\"in\" id=\"{id}\" name=\"{id}\" \
             {} {more}>\n{}</textarea></div>",
            about(id, hint),
            described_by(id, hint),
            escape_html(value),
        )
    }

    /// As HTML.
    pub fn html(self) -> String {
        let Self { id, label, hint, value, more } = self;
        let kind = if more.contains("type=") { "" } else { "type=\"text\"" };
        format!(
            "<div class=\"field\"><label for=\"{id}\">{label}</label>{}<input class=\"in\" id=\"{id}\" name=\"{id}\" \
             {kind} {} value=\"{}\" {more}></div>",
            about(id, hint),
            described_by(id, hint),
            escape_html(value),
        )
    }
}

/// One of what can be ticked or chosen.
#[derive(Debug, Clone, Copy)]
pub struct Choice<'a> {
    /// As it is sent.
    pub value: &'a str,
    /// What it is.
    pub label: &'a str,
    /// What it means.
    pub hint: &'a str,
    /// Whether it is ticked already.
    pub on: bool,
}

/// What can be ticked, some or all of it.
pub fn ticks(id: &str, legend: &str, hint: &str, choices: &[Choice<'_>]) -> String {
    group("checkbox", (id, legend, hint), choices)
}

/// What can be chosen, one of it.
pub fn one_of(id: &str, legend: &str, hint: &str, choices: &[Choice<'_>]) -> String {
    group("radio", (id, legend, hint), choices)
}

fn group(kind: &str, (id, legend, hint): (&str, &str, &str), choices: &[Choice<'_>]) -> String {
    let choice = |(place, choice): (usize, &Choice<'_>)| {
        // Errors lead to the first one.
        let own = if place == 0 { id.to_owned() } else { format!("{id}-{place}") };
        let hint = if choice.hint.is_empty() {
            String::new()
        } else {
            format!("<small class=\"soft\">{}</small>", choice.hint)
        };
        format!(
            "<label class=\"check\"><input type=\"{kind}\" id=\"{own}\" name=\"{id}\" value=\"{}\"{}>\
             <span>{}{hint}</span></label>",
            escape_html(choice.value),
            if choice.on { " checked" } else { "" },
            escape_html(choice.label),
        )
    };
    let choices: String = choices.iter().enumerate().map(choice).collect();
    format!("<fieldset class=\"field\"><legend>{legend}</legend>{}{choices}</fieldset>", about(id, hint))
}

/// One thing that is so or not.
pub fn tick(id: &str, label: &str, hint: &str, on: bool) -> String {
    format!(
        "<div class=\"field\"><label class=\"check\"><input type=\"checkbox\" id=\"{id}\" name=\"{id}\" value=\"on\"{} {}>\
         <span>{label}</span></label>{}</div>",
        if on { " checked" } else { "" },
        described_by(id, hint),
        about(id, hint),
    )
}

/// One of a list that would be long to look at.
pub fn select(id: &str, label: &str, options: &[(&str, &str)], chosen: &str) -> String {
    let option = |(value, word): &(&str, &str)| {
        let on = if *value == chosen { " selected" } else { "" };
        format!("<option value=\"{}\"{on}>{}</option>", escape_html(value), escape_html(word))
    };
    let options: String = options.iter().map(option).collect();
    format!(
        "<div class=\"field\"><label for=\"{id}\">{label}</label>{}<select class=\"in\" id=\"{id}\" name=\"{id}\" {}>{options}</select></div>",
        about(id, ""),
        described_by(id, ""),
    )
}

fn about(id: &str, hint: &str) -> String {
    let hint = if hint.is_empty() { String::new() } else { format!("<p class=\"hint\" id=\"{id}-hint\">{hint}</p>") };
    format!("{hint}<p class=\"err\" id=\"{id}-err\"></p>")
}

fn described_by(id: &str, hint: &str) -> String {
    let hint = if hint.is_empty() { String::new() } else { format!("{id}-hint ") };
    format!("aria-describedby=\"{hint}{id}-err\"")
}

/// A form by its name, with what is said of it as attributes.
pub fn form(name: &str, about: &str, inside: &str) -> String {
    format!(
        "<form class=\"stack\" method=\"post\" novalidate data-form=\"{name}\" {about}>\
         <div class=\"notice bad\" id=\"{name}-summary\" data-summary role=\"alert\" tabindex=\"-1\" hidden></div>{inside}</form>"
    )
}

/// The button that sends a form.
pub fn send(class: &str, label: &str, busy: &str) -> String {
    format!("<button class=\"btn {class} both\" data-send><span>{label}</span><span data-off>{busy}</span></button>")
}

/// A button that does something by its name, with what it is about as attributes.
pub fn button(class: &str, act: &str, about: &str, label: &str) -> String {
    format!("<button type=\"button\" class=\"btn {class}\" data-act=\"{act}\" {about}>{label}</button>")
}

/// The inside of a dialog: its heading, what it says, and its form with the two ways out.
pub fn question(heading: &str, text: &str, form: &str) -> String {
    let text = if text.is_empty() { String::new() } else { format!("<p>{}</p>", escape_html(text)) };
    format!("<div class=\"stack\"><h2 id=\"dialog-title\">{}</h2>{text}{form}</div>", escape_html(heading))
}

/// The two ways out of a dialog's form.
pub fn ways_out(language: Language, label: &str, busy: &str) -> String {
    format!("<div class=\"row\">{}{}</div>", send("ink", label, busy), button("", "close", "", language.desk_leave()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_wrote_is_text_and_errors_find_their_field() {
        let field = Field { id: "name", label: "Name", hint: "As it is known", value: "\"><b>", ..Field::default() };
        let html = field.html();
        assert!(html.contains("value=\"&quot;&gt;&lt;b&gt;\"") && !html.contains("<b>"), "{html}");
        assert!(html.contains("aria-describedby=\"name-hint name-err\"") && html.contains("id=\"name-err\""), "{html}");
        let choices = ["a", "b"].map(|value| Choice { value, label: "<i>", hint: "", on: value == "b" });
        let html = ticks("roles", "Roles", "", &choices);
        assert!(html.contains("id=\"roles\" name=\"roles\" value=\"a\">"), "{html}");
        assert!(html.contains("id=\"roles-1\" name=\"roles\" value=\"b\" checked"), "{html}");
        assert!(!html.contains("<i>"), "{html}");
    }
}
