//! What went wrong, and what to do: for the API's codes, and for when no answer came.

use super::words;
use crate::language::Language;

words! {
    away_title: "The events cannot be shown just now", "Ahora no se pueden mostrar los eventos";
    away: "This did not work, and it is our fault. Nothing is lost. Load the page again in a moment.", "No ha funcionado y es culpa nuestra. No se ha perdido nada. Vuelve a cargar la página en un momento.";
    again: "Load again", "Cargar otra vez";
    try_again: "Try again", "Probar otra vez";
    missing_title: "There is nothing here", "Aquí no hay nada";
    missing: "The address may be mistyped, or the event is no longer shown.", "Puede que la dirección esté mal escrita o que el evento ya no se muestre.";
    trace: "Number", "Número";
    copy: "Copy", "Copiar";
    copied: "Copied", "Copiado";
    no_answer: "No answer came. Check your connection and try again; nothing is done twice.", "No llegó ninguna respuesta. Comprueba tu conexión y prueba otra vez; nada se hace dos veces.";
    signed_out: "You are signed out. Sign in to go on.", "Tu sesión ha terminado. Entra para continuar.";
}

impl Language {
    /// `This did not work, and it is our fault. Nothing was charged. Number 4bf9-2f35.`
    pub fn fault(self, trace: &str) -> String {
        let text = match self {
            Self::En => "This did not work, and it is our fault. Nothing was charged.",
            Self::Es => "No ha funcionado y es culpa nuestra. No se ha cobrado nada.",
        };
        if trace.is_empty() { text.to_owned() } else { format!("{text} {} {trace}.", self.trace()) }
    }

    /// What to say for one of the API's codes; nothing for those that a page has words of its own for.
    pub fn problem(self, code: &str) -> Option<&'static str> {
        let (english, spanish) = match code {
            "email_taken" => (
                "This address has an account. Sign in, or ask for a new password.",
                "Esta dirección ya tiene una cuenta. Entra o pide una contraseña nueva.",
            ),
            "forbidden" => ("This account may not do that.", "Esta cuenta no puede hacer eso."),
            "hold_expired" => (Self::En.expired(false), Self::Es.expired(false)),
            "in_progress" | "timeout" => (
                "We are still working on it. Wait a moment and try again; nothing is done twice.",
                "Seguimos en ello. Espera un momento y prueba otra vez; nada se hace dos veces.",
            ),
            "invalid_code" => (
                "The code is wrong, or was used already. Enter the next one.",
                "El código no es correcto o ya se usó. Escribe el siguiente.",
            ),
            "invalid_credentials" => (
                "Email or password is wrong. Check both, or ask for a new password.",
                "El correo o la contraseña no son correctos. Comprueba los dos o pide una contraseña nueva.",
            ),
            "limit_reached" => (
                "You have as many tickets as one person may have for this event.",
                "Tienes tantas entradas como una persona puede tener para este evento.",
            ),
            "not_found" => (Self::En.missing_title(), Self::Es.missing_title()),
            "not_on_sale" => ("This event is not on sale now.", "Este evento no está a la venta ahora."),
            "not_admitted" => (Self::En.waiting_room_on(), Self::Es.waiting_room_on()),
            "not_cancellable" => (Self::En.not_cancellable(), Self::Es.not_cancellable()),
            "password_too_common" => {
                ("Enter a password that fewer people use.", "Escribe una contraseña que use menos gente.")
            }
            "password_too_short" => {
                ("Enter a password of at least 8 characters.", "Escribe una contraseña de al menos 8 caracteres.")
            }
            "payment_in_progress" => (
                "The payment is being decided. Wait for its outcome; nothing is done twice.",
                "El pago se está decidiendo. Espera el resultado; nada se hace dos veces.",
            ),
            "promo_code_invalid" => (Self::En.promo_invalid(), Self::Es.promo_invalid()),
            "rate_limited" => (
                "Too many tries just now. Wait a minute and try again.",
                "Demasiados intentos seguidos. Espera un minuto y prueba otra vez.",
            ),
            "token_reused" | "unauthenticated" => (Self::En.signed_out(), Self::Es.signed_out()),
            "unavailable" => (
                "This is not available just now. Try again in a moment.",
                "Ahora no está disponible. Prueba otra vez en un momento.",
            ),
            _ => return None,
        };
        Some(match self {
            Self::En => english,
            Self::Es => spanish,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_names_its_number() {
        assert_eq!(
            Language::En.fault("4bf9-2f35"),
            "This did not work, and it is our fault. Nothing was charged. Number 4bf9-2f35."
        );
        assert_eq!(
            Language::Es.fault("4bf9-2f35"),
            "No ha funcionado y es culpa nuestra. No se ha cobrado nada. Número 4bf9-2f35."
        );
        assert!(!Language::Es.fault("").contains("Número"));
    }
}
