//! Mails about an account.

use super::layout::Content;
use super::{Language, Mail};
use onsale_core::text::query_value;

/// Prove that the address is yours.
#[must_use]
pub fn verify_email(language: Language, name: &str, public_url: &str, token: &str) -> Mail {
    let say = |english: &'static str, spanish: &'static str| language.pick(english, spanish).to_owned();
    Content {
        language,
        subject: say("Confirm your address", "Confirma tu correo"),
        name: name.to_owned(),
        before: vec![say(
            "Please confirm that this address is yours.",
            "Por favor, confirma que esta dirección es tuya.",
        )],
        rows: Vec::new(),
        sum: false,
        button: Some((
            say("Confirm the address", "Confirmar la dirección"),
            format!("{public_url}/verify-email?token={}", query_value(token)),
        )),
        after: vec![say(
            "The link works once. If you have no account with us, you need not do anything.",
            "El enlace sirve una sola vez. Si no tienes una cuenta con nosotros, no hace falta que hagas nada.",
        )],
    }
    .mail()
}

/// Choose a new password.
#[must_use]
pub fn reset_password(language: Language, name: &str, public_url: &str, token: &str) -> Mail {
    let say = |english: &'static str, spanish: &'static str| language.pick(english, spanish).to_owned();
    Content {
        language,
        subject: say("Choose a new password", "Elige una contraseña nueva"),
        name: name.to_owned(),
        before: vec![say(
            "Somebody, probably you, asked for a new password for your account.",
            "Alguien, probablemente tú, pidió una contraseña nueva para tu cuenta.",
        )],
        rows: Vec::new(),
        sum: false,
        button: Some((
            say("Choose a password", "Elegir la contraseña"),
            format!("{public_url}/reset-password?token={}", query_value(token)),
        )),
        after: vec![say(
            "The link works once and not for long. If it was not you, you need not do anything: your password stays as it is.",
            "El enlace sirve una sola vez y por poco tiempo. Si no fuiste tú, no hace falta que hagas nada: tu contraseña no cambia.",
        )],
    }
    .mail()
}
