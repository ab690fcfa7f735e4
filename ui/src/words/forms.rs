//! Forms: what stands over errors, and what fields ask for.

use super::{plural, words};
use crate::language::Language;

words! {
    error_prefix: "Error: ", "Error: ";
    show: "Show", "Mostrar";
    hide: "Hide", "Ocultar";
    show_password: "Show the password", "Mostrar la contraseña";
    enter_email: "Enter your email, such as name@example.com", "Escribe tu correo, como nombre@example.com";
    enter_password: "Enter your password", "Escribe tu contraseña";
    enter_new_password: "Enter a password of at least 8 characters", "Escribe una contraseña de al menos 8 caracteres";
    code: "Code", "Código";
    code_hint: "Six digits that your device shows, or a recovery code.", "Seis cifras que muestra tu dispositivo, o un código de recuperación.";
    enter_code: "Enter the code that your device shows", "Escribe el código que muestra tu dispositivo";
    enter_name: "Enter your name", "Escribe tu nombre";
}

impl Language {
    /// The heading of an error summary.
    pub fn errors_title(self, count: usize) -> String {
        let number = i64::try_from(count).unwrap_or(i64::MAX);
        match self {
            Self::En => format!("{count} {} to mend", plural(number, "thing", "things")),
            Self::Es => format!("{count} {} por corregir", plural(number, "dato", "datos")),
        }
    }
}
