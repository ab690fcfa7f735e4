//! Mails as HTML: tables and inline styles, because that is what mail programs show alike; the colours of the night
//! come by class, where a program knows `prefers-color-scheme`.

use super::layout::{Block, Content, TicketCard, one_line};
use onsale_core::text::escape_html;
use std::fmt::Write;

const FONT: &str = "font-family:Archivo,'Helvetica Neue',Helvetica,Arial,sans-serif";
/// The night, and what narrow screens need. The colours are the pages' own.
const STYLE: &str = "\
:root{color-scheme:light dark;supported-color-schemes:light dark}\n\
@media (prefers-color-scheme:dark){\n\
.page{background:#0f1217!important}.card{background:#181c23!important;border-color:#343c48!important}\n\
.house{background:#1d222b!important}.ink{color:#eef1f5!important}.soft{color:#a9b2bf!important}\n\
.line{border-color:#343c48!important}.sunk{background:#222832!important}.yours{border-left-color:#ffc21a!important}\n\
}\n\
@media (max-width:480px){.inset{padding-left:20px!important;padding-right:20px!important}\
.code{display:block!important;width:auto!important;padding:0 12px 12px!important}.code img{width:100%!important;height:auto!important}\
.where{display:block!important;width:auto!important}}";

pub(super) fn html(content: &Content<'_>) -> String {
    let language = content.reader.language.tag();
    let [subject, preview, title, footer] =
        [&content.subject, &content.preview, &content.title, content.footer()].map(|text| escape_html(&one_line(text)));
    let number = content.number.map(escape_html).unwrap_or_default();
    let mut body = paragraph(&content.greeting());
    body.extend(content.blocks.iter().map(block));
    format!(
        "<!doctype html>\n<html lang=\"{language}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <meta name=\"supported-color-schemes\" content=\"light dark\">\n\
         <title>{subject}</title>\n<style>\n{STYLE}\n</style>\n</head>\n\
         <body class=\"page\" style=\"margin:0;padding:0;background:#f3f5f7\">\n\
         <div style=\"display:none;max-height:0;overflow:hidden\">{preview}</div>\n\
         <table role=\"presentation\" class=\"page\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" \
         style=\"background:#f3f5f7\"><tr><td align=\"center\" style=\"padding:24px 12px 40px\">\n\
         <table role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" \
         style=\"max-width:600px;border-collapse:separate\">\n\
         <tr><td class=\"house inset\" style=\"padding:18px 32px;background:#14181f;border-radius:6px 6px 0 0\">\
         <table role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\"><tr>\
         <td style=\"{FONT};font-size:20px;font-weight:800;letter-spacing:-0.2px;color:#f4f6f8\">Onsale</td>\
         <td align=\"right\" style=\"font-family:ui-monospace,'SF Mono',Menlo,Consolas,monospace;font-size:13px;\
         color:#b3bcc8;white-space:nowrap\">{number}</td></tr></table></td></tr>\n\
         <tr><td class=\"card inset\" style=\"padding:28px 32px 32px;background:#ffffff;border:1px solid #d3d9df;\
         border-top:0;border-radius:0 0 6px 6px\">\n\
         <h1 class=\"ink\" style=\"margin:0 0 20px;{FONT};font-size:28px;line-height:1.15;font-weight:800;\
         letter-spacing:-0.4px;color:#14181f\">{title}</h1>\n{body}</td></tr>\n\
         <tr><td class=\"soft inset\" style=\"padding:20px 32px 0;{FONT};font-size:13px;line-height:1.5;\
         color:#525b68\">{footer}</td></tr>\n\
         </table>\n</td></tr></table>\n</body>\n</html>\n"
    )
}

fn block(block: &Block) -> String {
    match block {
        Block::Paragraph(text) => paragraph(text),
        Block::Event { name, lines } => event(name, lines),
        Block::Tickets(cards) => cards.iter().map(ticket).collect(),
        Block::Rows { title, rows, sum } => table(title, rows, *sum),
        Block::Button(label, url) => button(label, url),
        Block::Notes { title, notes } => {
            let mut html = heading(title);
            html.extend(notes.iter().map(|note| paragraph(note)));
            html
        }
    }
}

fn paragraph(text: &str) -> String {
    let text = escape_html(&one_line(text));
    format!(
        "<p class=\"ink\" style=\"margin:0 0 14px;{FONT};font-size:16px;line-height:1.5;color:#14181f\">{text}</p>\n"
    )
}

fn heading(title: &str) -> String {
    let title = escape_html(&one_line(title));
    format!(
        "<h2 class=\"ink\" style=\"margin:28px 0 10px;{FONT};font-size:18px;line-height:1.3;font-weight:700;\
         color:#14181f\">{title}</h2>\n"
    )
}

fn event(name: &str, lines: &[String]) -> String {
    let mut html = format!(
        "<table role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" style=\"margin:6px 0 20px\">\
         <tr><td class=\"sunk\" style=\"padding:16px 18px;background:#e8ecf0;border-radius:3px\">\
         <div class=\"ink\" style=\"{FONT};font-size:19px;line-height:1.3;font-weight:700;color:#14181f\">{}</div>",
        escape_html(&one_line(name))
    );
    for line in lines {
        let line = escape_html(&one_line(line));
        // A string never fails to take more.
        let _ = write!(
            html,
            "<div class=\"soft\" style=\"{FONT};font-size:15px;line-height:1.5;color:#525b68\">{line}</div>"
        );
    }
    html + "</td></tr></table>\n"
}

/// The code stands on white by day and by night: a scanner needs its quiet zone.
fn ticket(card: &TicketCard) -> String {
    let [id, place, kind, code] =
        [&card.id, &card.place, &card.kind, &card.code].map(|text| escape_html(&one_line(text)));
    format!(
        "<table role=\"presentation\" class=\"line yours\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" \
         style=\"margin:0 0 12px;border:1px solid #d3d9df;border-left:6px solid #ffc21a;border-radius:3px;\
         border-collapse:separate\"><tr>\
         <td class=\"where\" valign=\"middle\" style=\"padding:18px 20px\">\
         <div class=\"ink\" style=\"{FONT};font-size:20px;line-height:1.3;font-weight:700;color:#14181f\">{place}</div>\
         <div class=\"soft\" style=\"{FONT};font-size:15px;line-height:1.5;color:#525b68\">{kind}</div></td>\
         <td class=\"code\" width=\"176\" align=\"right\" style=\"padding:12px\">\
         <img src=\"cid:{id}\" width=\"152\" height=\"152\" alt=\"{code}\" \
         style=\"display:block;width:152px;height:152px;background:#ffffff;border-radius:3px\"></td>\
         </tr></table>\n"
    )
}

fn table(title: &str, rows: &[(String, String)], sum: bool) -> String {
    let mut html = heading(title);
    html.push_str(
        "<table role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" style=\"margin:0 0 18px\">\n",
    );
    for (place, (left, right)) in rows.iter().enumerate() {
        let weight = if sum && place + 1 == rows.len() { 700 } else { 400 };
        let [left, right] = [left, right].map(|text| escape_html(&one_line(text)));
        let cell = format!(
            "border-top:1px solid #d3d9df;{FONT};font-size:16px;line-height:1.5;font-weight:{weight};color:#14181f"
        );
        let _ = writeln!(
            html,
            "<tr><td class=\"ink line\" style=\"padding:9px 12px 9px 0;{cell}\">{left}</td>\
             <td class=\"ink line\" align=\"right\" style=\"padding:9px 0;{cell};\
             font-variant-numeric:tabular-nums\">{right}</td></tr>"
        );
    }
    html + "</table>\n"
}

fn button(label: &str, url: &str) -> String {
    let [label, url] = [label, url].map(escape_html);
    format!(
        "<table role=\"presentation\" cellpadding=\"0\" cellspacing=\"0\" style=\"margin:20px 0 22px\"><tr>\
         <td style=\"background:#ffc21a;border-radius:6px\"><a href=\"{url}\" style=\"display:inline-block;\
         padding:13px 22px;{FONT};font-size:16px;line-height:1.25;font-weight:700;color:#14181f;\
         text-decoration:none\">{label}</a></td></tr></table>\n"
    )
}
