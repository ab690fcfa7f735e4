//! The settings that change while everything runs.

use super::{plural, words};
use crate::format::count;
use crate::language::Language;

words! {
    settings: "Settings", "Ajustes";
    settings_title: "Settings while it runs", "Ajustes en marcha";
    settings_lede: "A change holds everywhere within two seconds, and nothing is started anew. What is empty is as each process was started with.", "Un cambio vale en todas partes en dos segundos, sin reiniciar nada. Lo que está vacío queda como se inició cada proceso.";
    settings_look_only: "You may look. Administrators change them.", "Puedes mirar. Los cambian los administradores.";
    settings_history: "What was changed", "Qué se ha cambiado";
    settings_sales_on: "Seats can be held and bought", "Se pueden reservar y comprar asientos";
    settings_registrations_on: "New accounts can be made", "Se pueden crear cuentas nuevas";
    settings_organisations_on: "Anybody who is signed in may found an organisation", "Cualquiera que haya entrado puede fundar una organización";
    settings_hold: "Seconds", "Segundos";
    settings_hold_hint: "60 to 3,600. Empty: as each event says.", "De 60 a 3600. Vacío: como diga cada evento.";
    settings_hold_wrong: "Enter a whole number from 60 to 3,600, or nothing", "Escribe un número entero de 60 a 3600, o nada";
    settings_inflow: "People a second", "Personas por segundo";
    settings_inflow_hint: "0 to 100,000; 0 lets nobody in. Empty: no limit of ours.", "De 0 a 100.000; con 0 no pasa nadie. Vacío: sin límite nuestro.";
    settings_inflow_wrong: "Enter a number from 0 to 100,000, or nothing", "Escribe un número de 0 a 100.000, o nada";
    settings_calls: "Calls", "Llamadas";
    settings_calls_hint: "1 to 1,000,000", "De 1 a 1.000.000";
    settings_calls_wrong: "Enter how many calls, a whole number from 1 to 1,000,000, or leave both fields empty", "Escribe cuántas llamadas, un número entero de 1 a 1.000.000, o deja vacíos los dos campos";
    settings_seconds: "In how many seconds", "En cuántos segundos";
    settings_seconds_hint: "1 to 3,600", "De 1 a 3600";
    settings_seconds_wrong: "Enter in how many seconds, a whole number from 1 to 3,600, or leave both fields empty", "Escribe en cuántos segundos, un número entero de 1 a 3600, o deja vacíos los dos campos";
    settings_banner_en: "In English", "En inglés";
    settings_banner_es: "In Spanish", "En español";
    settings_banner_hint: "Up to 300 characters. Both empty: no banner.", "Hasta 300 caracteres. Los dos vacíos: sin aviso.";
    settings_banner_seen: "As people see it on top of each page", "Como lo ve la gente arriba en cada página";
    settings_banner_none: "No banner", "Sin aviso";
    settings_banner_wrong_en: "Enter the message in English too, up to 300 characters, or empty both fields", "Escribe el mensaje también en inglés, hasta 300 caracteres, o vacía los dos campos";
    settings_banner_wrong_es: "Enter the message in Spanish too, up to 300 characters, or empty both fields", "Escribe el mensaje también en español, hasta 300 caracteres, o vacía los dos campos";
    settings_untouched: "Nothing was changed yet", "Aún no se ha cambiado nada";
    settings_by_command: "the command line", "la línea de comandos";
    settings_version_word: "Version", "Versión";
    settings_changes: "Changes", "Cambios";
    settings_same: "nothing changed", "sin cambios";
    settings_unset: "not set", "sin fijar";
    settings_in_force: "Saved. It holds everywhere within two seconds.", "Guardado. Vale en todas partes en dos segundos.";
}

impl Language {
    /// A setting, by its form's name.
    pub fn setting(self, name: &str) -> &'static str {
        let (english, spanish) = match name {
            "sales" => ("Sales", "Ventas"),
            "registrations" => ("New accounts", "Cuentas nuevas"),
            "organisations" => ("New organisations", "Organizaciones nuevas"),
            "banner" => ("Banner", "Aviso"),
            "hold" => ("How long seats are held", "Cuánto se guardan los asientos"),
            "inflow" => ("Inflow of each waiting room", "Entrada de cada sala de espera"),
            "limit-account" => ("Limit of an account", "Límite de una cuenta"),
            "limit-key" => ("Limit of an API key", "Límite de una clave de API"),
            "limit-address" => ("Limit of an address", "Límite de una dirección"),
            _ => ("Limit of signing in", "Límite de entradas a la cuenta"),
        };
        match self {
            Self::En => english,
            Self::Es => spanish,
        }
    }

    /// What a setting does.
    pub fn setting_more(self, name: &str) -> &'static str {
        let (english, spanish) = match name {
            "sales" => (
                "Off, nobody can hold seats. What is held can still be paid for.",
                "Desactivado, nadie puede reservar. Lo ya reservado se puede pagar.",
            ),
            "registrations" => {
                ("Off, only those who have an account sign in.", "Desactivado, solo entra quien ya tiene cuenta.")
            }
            "organisations" => ("Off, administrators found them.", "Desactivado, las fundan los administradores."),
            "banner" => (
                "A message to everybody, such as before maintenance.",
                "Un mensaje para todos, como antes de un mantenimiento.",
            ),
            "hold" => (
                "In the place of what each event says; for new holds.",
                "En lugar de lo que diga cada evento; para reservas nuevas.",
            ),
            "inflow" => ("The most that any one line lets in.", "Lo máximo que deja pasar una cola."),
            "limit-account" => ("How often one account may call.", "Con qué frecuencia puede llamar una cuenta."),
            "limit-key" => ("How often one key may call.", "Con qué frecuencia puede llamar una clave."),
            "limit-address" => (
                "How often an address may call without an account.",
                "Con qué frecuencia puede llamar una dirección sin cuenta.",
            ),
            _ => ("Sign-ins and new accounts of one address.", "Entradas y cuentas nuevas de una dirección."),
        };
        match self {
            Self::En => english,
            Self::Es => spanish,
        }
    }

    /// `Version 7, since 3 Mar 2027 12:00, by Ada`.
    pub fn settings_version(self, version: i64, at: &str, who: &str) -> String {
        match self {
            Self::En => format!("Version {version}, since {at}, by {who}"),
            Self::Es => format!("Versión {version}, desde el {at}, por {who}"),
        }
    }

    /// Somebody else was faster.
    pub fn settings_conflict(self, version: i64, who: &str) -> String {
        match self {
            Self::En => format!(
                "{who} changed the settings meanwhile: version {version} is in force and shown here. What you typed is kept. Look at it and save again."
            ),
            Self::Es => format!(
                "{who} cambió los ajustes mientras tanto: está vigente la versión {version} y es la que ves. Lo que escribiste sigue aquí. Revísalo y guarda otra vez."
            ),
        }
    }

    /// `100 calls in 60 s`.
    pub fn settings_rate(self, calls: u32, seconds: u32) -> String {
        let (number, calls) = (i64::from(calls), count(self, i64::from(calls)));
        match self {
            Self::En => format!("{calls} {} in {seconds} s", plural(number, "call", "calls")),
            Self::Es => format!("{calls} {} en {seconds} s", plural(number, "llamada", "llamadas")),
        }
    }
}
