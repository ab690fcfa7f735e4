//! The frame of all mails: greeting, paragraphs, at most one table and one button, the footer.

use super::{Language, Mail};
use onsale_core::text::escape_html;

/// What a mail says, before it is laid out. Nothing in it is escaped yet.
pub(super) struct Content {
    pub(super) language: Language,
    pub(super) subject: String,
    pub(super) name: String,
    pub(super) before: Vec<String>,
    /// Left and right column; the last row is a sum when `sum` says so.
    pub(super) rows: Vec<(String, String)>,
    pub(super) sum: bool,
    /// Text and address.
    pub(super) button: Option<(String, String)>,
    pub(super) after: Vec<String>,
}

impl Content {
    pub(super) fn mail(&self) -> Mail {
        Mail { subject: one_line(&self.subject), text: self.text(), html: self.html() }
    }

    fn greeting(&self) -> String {
        let hello = self.language.pick("Hello", "Hola");
        let name = one_line(&self.name);
        if name.is_empty() { format!("{hello},") } else { format!("{hello} {name},") }
    }

    fn footer(&self) -> &'static str {
        self.language.pick(
            "You get this mail because of your account at Onsale. Answers to it are not read.",
            "Recibes este correo por tu cuenta en Onsale. Las respuestas no se leen.",
        )
    }

    fn text(&self) -> String {
        let mut parts = vec![self.greeting()];
        parts.extend(self.before.iter().cloned());
        if !self.rows.is_empty() {
            let rows = self.rows.iter().map(|(left, right)| format!("  {}: {}", one_line(left), one_line(right)));
            parts.push(rows.collect::<Vec<_>>().join("\n"));
        }
        if let Some((label, url)) = &self.button {
            parts.push(format!("{label}:\n{url}"));
        }
        parts.extend(self.after.iter().cloned());
        parts.push(format!("-- \nOnsale\n{}", self.footer()));
        parts.join("\n\n") + "\n"
    }

    fn html(&self) -> String {
        let language = self.language.as_str();
        let subject = escape_html(&one_line(&self.subject));
        let mut body = paragraph(&self.greeting());
        body.extend(self.before.iter().map(|text| paragraph(text)));
        body.push_str(&self.table());
        if let Some((label, url)) = &self.button {
            let (label, url) = (escape_html(label), escape_html(url));
            body.push_str(&format!(
                "<p style=\"margin:24px 0\"><a href=\"{url}\" style=\"display:inline-block;padding:12px 24px;\
                 border-radius:8px;background:#4f2fd6;color:#ffffff;font-weight:600;text-decoration:none\">{label}</a></p>\n"
            ));
        }
        body.extend(self.after.iter().map(|text| paragraph(text)));
        let footer = escape_html(self.footer());
        format!(
            "<!doctype html>\n<html lang=\"{language}\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"color-scheme\" content=\"light dark\">\n<title>{subject}</title>\n</head>\n\
             <body style=\"margin:0;padding:24px;background:#f4f2fb;color:#1c1830;\
             font-family:system-ui,-apple-system,'Segoe UI',Roboto,sans-serif;font-size:16px;line-height:1.5\">\n\
             <div style=\"max-width:560px;margin:0 auto;padding:32px;border-radius:16px;background:#ffffff\">\n\
             <p style=\"margin:0 0 24px;font-size:22px;font-weight:800;color:#4f2fd6\">Onsale</p>\n\
             {body}\
             <p style=\"margin:32px 0 0;padding-top:16px;border-top:1px solid #e4e0f3;font-size:13px;color:#6b6780\">{footer}</p>\n\
             </div>\n</body>\n</html>\n"
        )
    }

    fn table(&self) -> String {
        if self.rows.is_empty() {
            return String::new();
        }
        let mut table =
            String::from("<table role=\"presentation\" style=\"width:100%;border-collapse:collapse;margin:16px 0\">\n");
        for (place, (left, right)) in self.rows.iter().enumerate() {
            let is_sum = self.sum && place + 1 == self.rows.len();
            let weight = if is_sum { "700" } else { "400" };
            table.push_str(&format!(
                "<tr style=\"font-weight:{weight}\"><td style=\"padding:8px 0;border-bottom:1px solid #e4e0f3\">{}</td>\
                 <td style=\"padding:8px 0;border-bottom:1px solid #e4e0f3;text-align:right;white-space:nowrap\">{}</td></tr>\n",
                escape_html(&one_line(left)),
                escape_html(&one_line(right))
            ));
        }
        table.push_str("</table>\n");
        table
    }
}

fn paragraph(text: &str) -> String {
    format!("<p style=\"margin:0 0 16px\">{}</p>\n", escape_html(text))
}

/// The text as one line, without what could end a header or a line of a table.
fn one_line(text: &str) -> String {
    text.split(|c: char| c.is_control()).collect::<Vec<_>>().join(" ").trim().to_owned()
}
