//! The waiting room.

use super::{plural, words};
use crate::format::count;
use crate::language::Language;

words! {
    line_title: "Waiting room", "Sala de espera";
    unopened_title: "The waiting room is not open yet", "La sala de espera aún no está abierta";
    opens_in_line: "It opens in", "Abre en";
    unopened_more: "Come back then, or leave this page open. Who enters first has no advantage while the lobby is open.", "Vuelve entonces o deja esta página abierta. Mientras dure la antesala, entrar antes no da ventaja.";
    unopened_line_more: "Come back then, or leave this page open. It is first come, first served.", "Vuelve entonces o deja esta página abierta. Se atiende por orden de llegada.";
    lobby_title: "The lobby is open", "La antesala está abierta";
    lobby_more: "Whoever is here when the lobby ends gets a place by lot. Being early gives no advantage.", "A quien esté aquí cuando acabe la antesala le toca un sitio por sorteo. Llegar antes no da ventaja.";
    enter_lobby: "Enter the lobby", "Entrar en la antesala";
    line_is_on: "There is a line", "Hay fila";
    line_more: "People are let in one after another: first come, first served.", "Se entra por turnos, por orden de llegada.";
    join_line: "Join the line", "Ponerse en la fila";
    joining: "Joining…", "Entrando…";
    in_lobby: "You are in the lobby", "Estás en la antesala";
    in_lobby_more: "There is nothing to do until then. The places are drawn when the lobby ends.", "Hasta entonces no hay que hacer nada. Los sitios se sortean al acabar la antesala.";
    early_line_more: "There is nothing to do until then. You keep your number.", "Hasta entonces no hay que hacer nada. Conservas tu número.";
    line_starts_in: "The line begins to move in", "La fila empieza a avanzar en";
    being_drawn: "The places are being drawn. This takes a moment.", "Se están sorteando los sitios. Es un momento.";
    about_to_move: "The line is about to move.", "La fila está a punto de avanzar.";
    in_line: "You are in the line", "Estás en la fila";
    your_number: "Your number", "Tu número";
    now_serving: "Now serving", "Ahora entra el";
    ahead_of_you: "Ahead of you", "Delante de ti";
    your_turn_in: "Your turn, most likely in", "Tu turno, casi seguro en";
    wait_unknown: "Not known yet", "Aún no se sabe";
    wait_paused: "Known when it goes on", "Se sabrá cuando siga";
    queue_picture: "The line, from you to the door", "La fila, desde ti hasta la puerta";
    paused_now: "Paused.", "En pausa.";
    paused_more: "Nobody is let in for now. Nobody loses their place.", "Por ahora no entra nadie. Nadie pierde su sitio.";
    moving_again: "Moving again. Everyone kept their place.", "La fila avanza de nuevo. Todos conservan su sitio.";
    organiser_says: "The organiser says:", "Dice el organizador:";
    close_page: "You can close this page", "Puedes cerrar esta página";
    close_with_account: "Your place is kept on this device and noted for your account. We write to you when about 500 people are ahead of you, and when it is your turn.", "Tu sitio queda guardado en este dispositivo y anotado en tu cuenta. Te escribimos cuando tengas unas 500 personas delante y cuando llegue tu turno.";
    close_without: "Your place is kept on this device for a day. Sign in and we write to you when about 500 people are ahead of you, and when it is your turn.", "Tu sitio queda guardado en este dispositivo un día. Si entras con tu cuenta, te escribimos cuando tengas unas 500 personas delante y cuando llegue tu turno.";
    check_place: "Check your place", "Comprueba tu sitio";
    leave_line: "Leave the line", "Salir de la fila";
    leave_lobby: "Leave the lobby", "Salir de la antesala";
    sure_to_leave: "Leave, really?", "¿Salir de verdad?";
    line_foot: "Refreshing does not move you. A second tab shows the same number.", "Recargar no te mueve. Otra pestaña muestra el mismo número.";
    your_turn: "It is your turn", "Es tu turno";
    turn_more: "You have until then to choose.", "Tienes hasta entonces para elegir.";
    turn_sign_in: "Sign in to come in, within 5 minutes of being called. After that your place goes to the next.", "Entra con tu cuenta para pasar. Hazlo antes de 5 minutos desde que te tocó: después tu sitio pasa al siguiente.";
    turn_sign_in_script: "Signing in and choosing seats need JavaScript: switch it on in this browser, then load this page again.", "Para entrar con tu cuenta y elegir asientos hace falta JavaScript: actívalo en este navegador y vuelve a cargar la página.";
    lapsed_title: "Your turn has passed", "Tu turno ha pasado";
    lapsed_more: "You were called and the time to come in or to choose is over. You can join again, at the end of the line.", "Te tocó y se acabó el tiempo para entrar o para elegir. Puedes ponerte otra vez, al final de la fila.";
    join_again: "Join again", "Ponerse otra vez";
    left_title: "You are not in the line any more", "Ya no estás en la fila";
    left_more: "You left it, or your order is made. Who left can join again; within five minutes with the same place.", "Saliste, o tu compra ya está hecha. Quien salió puede volver; antes de cinco minutos, al mismo sitio.";
    line_closed: "The line is closed", "La fila está cerrada";
    line_closed_more: "The organiser closed it: nobody joins and nobody is called any more.", "El organizador la ha cerrado: nadie puede ponerse y ya no se llama a nadie.";
    line_sold_out_more: "Every ticket is sold and none is held any more, so nobody else is called. Tickets that are given back appear on the event’s page.", "Se han vendido todas las entradas y ninguna está reservada, así que no se llama a nadie más. Las que se devuelvan aparecen en la página del evento.";
    to_the_event: "To the event’s page", "A la página del evento";
    needs_sum: "This line asks each browser for a sum, so that programs cannot fill it. That needs JavaScript: switch it on and press again.", "Esta fila pide a cada navegador una cuenta, para que no la llenen programas. Hace falta JavaScript: actívalo y pulsa otra vez.";
    busy_joining: "Very many people are joining just now. Press again in a moment; nobody gets ahead by pressing often.", "Ahora se está poniendo muchísima gente. Pulsa otra vez en un momento; pulsar más no adelanta a nadie.";
    unsure_place: "Your place cannot be looked up just now. It is kept; this page asks again.", "Ahora no se puede consultar tu sitio. Está guardado; esta página vuelve a preguntar.";
    solving: "Your browser is doing a sum, so that programs cannot fill the line. It takes a few seconds.", "Tu navegador está haciendo una cuenta, para que no llenen la fila programas. Son unos segundos.";
    solving_instead: "Sign in instead, without it", "Mejor entrar con mi cuenta, sin hacerla";
    line_before_tickets: "Tickets are chosen by whoever is let in, one after another, in a fair order that anybody can check.", "Las entradas las elige quien va pasando por turnos, en un orden justo que cualquiera puede comprobar.";
    line_by_itself: "This page renews itself.", "Esta página se renueva sola.";
}

impl Language {
    /// `3,412 people are ahead of you: 11 to 16 minutes.`
    pub fn people_ahead(self, ahead: u32, wait: Option<&str>) -> String {
        let number = count(self, i64::from(ahead));
        let end = wait.map(|wait| format!(": {wait}")).unwrap_or_default();
        match (self, ahead) {
            (Self::En, 0) => format!("Nobody is ahead of you{end}."),
            (Self::Es, 0) => format!("No hay nadie delante de ti{end}."),
            (Self::En, _) => {
                format!("{number} {} ahead of you{end}.", plural(i64::from(ahead), "person is", "people are"))
            }
            (Self::Es, _) => {
                format!("Hay {number} {} delante de ti{end}.", plural(i64::from(ahead), "persona", "personas"))
            }
        }
    }

    /// `11 to 16 minutes`, of a range in seconds: rounded outwards, so that it stays true.
    pub fn wait_range(self, from_seconds: u32, to_seconds: u32) -> String {
        let (from, to) = (from_seconds / 60, to_seconds.div_ceil(60).max(1));
        match (self, from, to) {
            (Self::En, _, 1) => "less than a minute".to_owned(),
            (Self::Es, _, 1) => "menos de un minuto".to_owned(),
            (Self::En, 0, _) => format!("less than {to} minutes"),
            (Self::Es, 0, _) => format!("menos de {to} minutos"),
            (Self::En, from, to) if from == to => format!("{to} minutes"),
            (Self::Es, from, to) if from == to => format!("{to} minutos"),
            (Self::En, ..) => format!("{from} to {to} minutes"),
            (Self::Es, ..) => format!("de {from} a {to} minutos"),
        }
    }

    /// `1,204 people are here.`
    pub fn people_here(self, joined: u32) -> String {
        let number = count(self, i64::from(joined));
        match (self, joined) {
            (Self::En, 0) => "Nobody is here yet.".to_owned(),
            (Self::Es, 0) => "Aún no hay nadie.".to_owned(),
            (Self::En, 1) => "One person is here.".to_owned(),
            (Self::Es, 1) => "Hay una persona.".to_owned(),
            (Self::En, _) => format!("{number} people are here."),
            (Self::Es, _) => format!("Hay {number} personas."),
        }
    }

    /// `It is your turn. Come in before 11:08.`
    pub fn come_in_before(self, time: &str) -> String {
        match self {
            Self::En => format!("Come in before {time}."),
            Self::Es => format!("Entra antes de las {time}."),
        }
    }

    /// `All seats are held or sold just now. 12 may come back until 10:52.`
    pub fn held_until(self, seats: i64, until: Option<&str>) -> String {
        let number = count(self, seats);
        let until = match (self, until) {
            (_, None) => String::new(),
            (Self::En, Some(time)) => format!(" until {time}"),
            (Self::Es, Some(time)) => format!(" hasta las {time}"),
        };
        match self {
            Self::En => format!(
                "It is not sold out: all that is left is held by people who are paying. {number} {} may come back{until}.",
                plural(seats, "seat", "seats")
            ),
            Self::Es => format!(
                "No está agotado: lo que queda está reservado por quien está pagando. {} {number} {}{until}.",
                plural(seats, "Puede volver", "Pueden volver"),
                plural(seats, "asiento", "asientos")
            ),
        }
    }

    /// `These numbers are from 10:42:07. We ask again.`
    pub fn numbers_from(self, time: &str) -> String {
        match self {
            Self::En => {
                format!("No answer came just now: these numbers are from {time}. Your place is kept; we ask again.")
            }
            Self::Es => {
                format!(
                    "Ahora no llega respuesta: estos números son de las {time}. Tu sitio está guardado; volvemos a preguntar."
                )
            }
        }
    }

    /// `About 40 %.`
    pub fn about_percent(self, percent: u32) -> String {
        match self {
            Self::En => format!("About {percent}%."),
            Self::Es => format!("Alrededor del {percent} %."),
        }
    }

    /// `At 10:00 on Sat 13 March 2027.`
    pub fn at_moment(self, moment: &str) -> String {
        match self {
            Self::En => format!("That is {moment}, by the clocks of the venue."),
            Self::Es => format!("Es el {moment}, por los relojes de la sala."),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_designs_sentences_stand_word_for_word() {
        let (en, es) = (Language::En, Language::Es);
        let wait = |language: Language| language.wait_range(11 * 60 + 20, 15 * 60 + 40);
        assert_eq!(en.people_ahead(3_412, Some(&wait(en))), "3,412 people are ahead of you: 11 to 16 minutes.");
        assert_eq!(es.people_ahead(3_412, Some(&wait(es))), "Hay 3412 personas delante de ti: de 11 a 16 minutos.");
        assert_eq!(en.people_ahead(1, None), "1 person is ahead of you.");
    }

    #[test]
    fn a_range_is_rounded_outwards() {
        let en = Language::En;
        assert_eq!(en.wait_range(30, 59), "less than a minute");
        assert_eq!(en.wait_range(59, 61), "less than 2 minutes");
        assert_eq!(en.wait_range(60, 120), "1 to 2 minutes");
        assert_eq!(en.wait_range(0, 0), "less than a minute");
        assert_eq!(Language::Es.wait_range(119, 121), "de 1 a 3 minutos");
    }

    #[test]
    fn what_is_held_is_told_apart_from_what_is_sold() {
        let told = Language::En.held_until(12, Some("10:52"));
        assert!(
            told.starts_with("It is not sold out") && told.ends_with("12 seats may come back until 10:52."),
            "{told}"
        );
        assert!(Language::Es.held_until(1, None).ends_with("Puede volver 1 asiento."));
    }
}
