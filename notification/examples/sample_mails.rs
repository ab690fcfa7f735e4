//! Writes every mail in both languages into a folder, to be drawn: `<name>-<language>.html` with its pictures inside,
//! the tickets as PDF and the calendar file.

#[path = "../tests/it/samples.rs"]
mod samples;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use onsale_notification::documents::{Enclosed, Typefaces, files};
use onsale_notification::domain::Language;
use std::error::Error;
use std::path::PathBuf;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(std::env::args().nth(1).ok_or("name a folder")?);
    std::fs::create_dir_all(&folder)?;
    let faces = Typefaces::load()?;
    for language in [Language::English, Language::Spanish] {
        let files = files(&Enclosed { language, facts: samples::facts() }, samples::URL, &faces)?;
        for (name, mail) in samples::mails(language) {
            let mut html = mail.html;
            for file in &files {
                let Some(id) = &file.content_id else { continue };
                let picture = format!("data:{};base64,{}", file.content_type, STANDARD.encode(&file.bytes));
                html = html.replace(&format!("cid:{id}"), &picture);
            }
            std::fs::write(folder.join(format!("{name}-{}.html", language.tag())), html)?;
        }
        for file in files.into_iter().filter(|file| file.content_id.is_none()) {
            std::fs::write(folder.join(file.name), file.bytes)?;
        }
    }
    Ok(())
}
