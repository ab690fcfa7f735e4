//! Mails about an account.

use super::layout::{Block, Content};
use super::{Mail, Reader};
use onsale_core::text::query_value;

/// Prove that the address is yours.
#[must_use]
pub fn verify_email(reader: Reader<'_>, token: &str) -> Mail {
    let url = format!("{}/verify-email?token={}", reader.public_url, query_value(token));
    let first =
        reader.say("Please confirm that this address is yours.", "Por favor, confirma que esta dirección es tuya.");
    let last = reader.say(
        "The link works once. If you have no account with us, you need not do anything.",
        "El enlace sirve una sola vez. Si no tienes una cuenta con nosotros, no hace falta que hagas nada.",
    );
    let button = Block::Button(reader.say("Confirm the address", "Confirmar la dirección"), url);
    Content {
        reader,
        subject: reader.say("Confirm your address", "Confirma tu correo"),
        preview: first.clone(),
        number: None,
        title: reader.say("Is this your address?", "¿Es este tu correo?"),
        blocks: vec![Block::Paragraph(first), button, Block::Paragraph(last)],
    }
    .mail()
}

/// Choose a new password.
#[must_use]
pub fn reset_password(reader: Reader<'_>, token: &str) -> Mail {
    let url = format!("{}/reset-password?token={}", reader.public_url, query_value(token));
    let first = reader.say(
        "Somebody, probably you, asked for a new password for your account.",
        "Alguien, probablemente tú, pidió una contraseña nueva para tu cuenta.",
    );
    let last = reader.say(
        "The link works once and not for long. If it was not you, you need not do anything: your password stays as it is.",
        "El enlace sirve una sola vez y por poco tiempo. Si no fuiste tú, no hace falta que hagas nada: tu contraseña no cambia.",
    );
    let button = Block::Button(reader.say("Choose a password", "Elegir la contraseña"), url);
    Content {
        reader,
        subject: reader.say("Choose a new password", "Elige una contraseña nueva"),
        preview: first.clone(),
        number: None,
        title: reader.say("A new password", "Una contraseña nueva"),
        blocks: vec![Block::Paragraph(first), button, Block::Paragraph(last)],
    }
    .mail()
}
