//! The organiser's control of an event's line.

use super::{plural, words};
use crate::format::count;
use crate::language::Language;
use onsale_core::api::queue::QueueMode;

words! {
    the_line: "The line", "La fila";
    no_line: "This event has no line: whoever comes chooses at once. For a big opening, set one up before people arrive.", "Este evento no tiene fila: quien llega elige al momento. Para una gran apertura, prepárala antes de que llegue la gente.";
    line_unknown: "The line cannot be read just now. We go on trying.", "Ahora no se puede leer la fila. Seguimos intentándolo.";
    set_up_line: "Set up a line", "Preparar una fila";
    change_line: "Settings", "Ajustes";
    line_paused: "Paused", "En pausa";
    line_moving: "Moving", "Avanzando";
    line_ended: "Closed", "Cerrada";
    line_to_open: "To open", "Por abrir";
    lobby_on: "Lobby", "Antesala";
    joined_word: "Joined", "Han entrado";
    waiting_word: "Waiting", "Esperan";
    called_word: "Called", "Llamados";
    per_minute_word: "Called a minute", "Llamados por minuto";
    they_read: "They read:", "Leen:";
    pause_line: "Pause", "Pausar";
    resume_line: "Let it go on", "Reanudar";
    admit_line: "Let people in", "Dejar pasar";
    close_line: "Close", "Cerrar";
    sure_pause: "Pause the line?", "¿Pausar la fila?";
    sure_pause_more: "Nobody is called until you let it go on. Whoever is in already can still buy. Nobody loses their place.", "No se llama a nadie hasta que la reanudes. Quien ya está dentro puede comprar. Nadie pierde su sitio.";
    sure_resume: "Let the line go on?", "¿Reanudar la fila?";
    sure_resume_more: "People are called again, as fast as the seats feed.", "Se vuelve a llamar, al ritmo que permitan los asientos.";
    sure_admit: "Let people in by hand?", "¿Dejar pasar a mano?";
    sure_admit_more: "They are called at once, whatever is measured, also while the line is paused. It cannot be taken back.", "Se les llama al momento, pase lo que pase, también en pausa. No se puede deshacer.";
    sure_close: "Close the line for good?", "¿Cerrar la fila para siempre?";
    sure_close_more: "Nobody joins and nobody is called any more. Whoever is in can still buy. It cannot be opened again.", "Nadie más entra y no se llama a nadie. Quien está dentro puede comprar. No se puede volver a abrir.";
    message_to_line: "What the line reads", "Lo que lee la fila";
    message_hint: "Why, and what happens next. Empty takes away what it reads now.", "Por qué y qué pasa ahora. Si se deja vacío, se quita lo que lee ahora.";
    people_to_admit: "How many people", "Cuántas personas";
    which_line: "Which line", "Qué fila";
    room_opens: "The waiting room opens", "Abre la sala de espera";
    line_starts: "The line begins to move", "Empieza a avanzar la fila";
    own_clock: "By this computer’s clock.", "Por el reloj de este ordenador.";
    minutes_to_choose: "Minutes to choose and pay", "Minutos para elegir y pagar";
    sum_asked: "Sum against programs", "Cuenta contra programas";
    sum_none: "None", "Ninguna";
    sum_light: "Light", "Ligera";
    sum_usual: "Usual: a second on a phone", "Normal: un segundo en un móvil";
    sum_heavy: "Heavy: some seconds on a phone", "Fuerte: unos segundos en un móvil";
    rate_word: "People let in a second", "Personas que pasan por segundo";
    rate_hint: "Leave it empty: the line then follows what is measured. It is never more than the seats feed.", "Déjalo vacío: la fila sigue entonces lo que se mide. Nunca pasan más de los que permiten los asientos.";
    save_line: "Save the line", "Guardar la fila";
    stop_asking: "Back", "Volver";
    enter_times: "Enter both times; the start is not before the opening.", "Escribe las dos horas; el comienzo no es anterior a la apertura.";
    enter_count: "Enter how many people, from 1 to 10,000.", "Escribe cuántas personas, de 1 a 10.000.";
    enter_minutes: "Enter minutes from 1 to 60.", "Escribe minutos de 1 a 60.";
    enter_rate: "Enter a rate above 0, or leave it empty.", "Escribe un ritmo mayor que 0 o déjalo vacío.";
    chart_rate: "Called a second", "Llamados por segundo";
    chart_held: "Held", "Reservado";
    chart_sold: "Sold", "Vendido";
    chart_latency: "Reserving takes, ms", "Reservar tarda, ms";
    not_measured: "not measured", "sin medir";
    signals_title: "Devices with several accounts", "Dispositivos con varias cuentas";
    signals_more: "Hints, not proofs: families share devices.", "Indicios, no pruebas: las familias comparten dispositivos.";
    no_signals: "None seen.", "No se ha visto ninguno.";
}

impl Language {
    /// A kind of line.
    pub fn line_kind(self, mode: QueueMode) -> &'static str {
        match (self, mode) {
            (Self::En, QueueMode::Off) => "None",
            (Self::En, QueueMode::Line) => "First come, first served",
            (Self::En, QueueMode::Lobby) => "Lobby with a draw, then a line",
            (Self::Es, QueueMode::Off) => "Ninguna",
            (Self::Es, QueueMode::Line) => "Por orden de llegada",
            (Self::Es, QueueMode::Lobby) => "Antesala con sorteo y luego fila",
        }
    }

    /// `The last 5 minutes`.
    pub fn last_minutes(self, minutes: i64) -> String {
        match self {
            Self::En => format!("The last {minutes} minutes"),
            Self::Es => format!("Los últimos {minutes} minutos"),
        }
    }

    /// `most 3.5`, of what was measured in that time.
    pub fn at_most(self, value: &str) -> String {
        match self {
            Self::En => format!("most {value}"),
            Self::Es => format!("máx. {value}"),
        }
    }

    /// `3 accounts on one device`.
    pub fn accounts_on_device(self, accounts: i64) -> String {
        let number = count(self, accounts);
        match self {
            Self::En => format!("{number} {} on one device", plural(accounts, "account", "accounts")),
            Self::Es => format!("{number} {} en un dispositivo", plural(accounts, "cuenta", "cuentas")),
        }
    }

    /// `40 more are being let in by hand`.
    pub fn let_in_by_hand(self, people: u32) -> String {
        let number = count(self, i64::from(people));
        match self {
            Self::En => format!("{number} more are being let in by hand."),
            Self::Es => format!("Están pasando {number} más a mano."),
        }
    }
}
