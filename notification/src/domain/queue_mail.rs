//! Mails about one's place in a waiting room. They name no place and no time: both move on while mail travels.

use super::layout::{Block, Content};
use super::{Mail, Reader};
use onsale_core::EventId;

/// About 500 are ahead.
#[must_use]
pub fn queue_near(reader: Reader<'_>, event: &EventId) -> Mail {
    let first = reader.say(
        "About 500 people are ahead of you in line. Open the page on the device you joined with: it shows your place.",
        "Hay unas 500 personas delante de ti en la fila. Abre la página en el dispositivo con el que entraste: muestra tu lugar.",
    );
    let last = reader.say(
        "Once you are called you have five minutes to come.",
        "Cuando te llamemos tienes cinco minutos para venir.",
    );
    let title = reader.say("Your turn is near", "Tu turno se acerca");
    mail(reader, event, title, [first, last])
}

/// It is their turn.
#[must_use]
pub fn queue_turn(reader: Reader<'_>, event: &EventId) -> Mail {
    let first = reader.say(
        "It is your turn. Come within five minutes of being called: after that the place goes on to the next.",
        "Es tu turno. Ven en los cinco minutos siguientes a la llamada: después el lugar pasa a quien sigue.",
    );
    let last = reader.say(
        "Open the page on the device you joined with and sign in with this account.",
        "Abre la página en el dispositivo con el que entraste e inicia sesión con esta cuenta.",
    );
    let title = reader.say("It is your turn", "Es tu turno");
    mail(reader, event, title, [first, last])
}

fn mail(reader: Reader<'_>, event: &EventId, title: String, [first, last]: [String; 2]) -> Mail {
    // An event's id is made of characters that a path may have.
    let url = format!("{}/events/{event}/queue", reader.public_url);
    let button = Block::Button(reader.say("See your place", "Ver tu lugar"), url);
    Content {
        reader,
        subject: title.clone(),
        preview: first.clone(),
        number: None,
        title,
        blocks: vec![Block::Paragraph(first), button, Block::Paragraph(last)],
    }
    .mail()
}
