//! The page at the gate.

use super::{plural, words};
use crate::format::count;
use crate::language::Language;
use onsale_core::RefusedReason;

words! {
    check_in: "Check-in", "Control de acceso";
    gate_ready: "Scan a ticket", "Escanea una entrada";
    gate_ready_more: "Hold its code in front of the camera, use a hand scanner, or type it.", "Pon el código delante de la cámara, usa un lector de mano o escríbelo.";
    gate_coming: "The list of tickets is coming to this device.", "La lista de entradas está llegando a este dispositivo.";
    gate_no_list: "No list yet", "Aún no hay lista";
    gate_no_list_more: "This device has no list of tickets: connect it once before you let people in.", "Este dispositivo no tiene la lista de entradas: conéctalo una vez antes de dejar pasar.";
    gate_changed: "The list on this device was changed by somebody, so it is not used. Connect to fetch a new one.", "Alguien cambió la lista de este dispositivo y no se usa. Conéctalo para recibir otra.";
    gate_not_kept: "This browser keeps nothing: do not close the page before all scans are sent.", "Este navegador no guarda nada: no cierres la página antes de que se envíe todo.";
    gate_direction: "Which way", "Sentido";
    gate_in: "In", "Entran";
    gate_out: "Out", "Salen";
    gate_code: "Ticket code or number", "Código o número de la entrada";
    gate_check: "Check", "Comprobar";
    gate_camera: "Use the camera", "Usar la cámara";
    gate_camera_off: "Turn the camera off", "Apagar la cámara";
    gate_camera_refused: "The camera cannot be used here. Type the code, or use a hand scanner.", "Aquí no se puede usar la cámara. Escribe el código o usa un lector de mano.";
    gate_picture: "What the camera sees", "Lo que ve la cámara";
    gate_name: "Name of this gate", "Nombre de esta puerta";
    gate_first: "Gate 1", "Puerta 1";
    gate_come_in: "Come in", "Adelante";
    gate_went_out: "Went out", "Ha salido";
    gate_stop: "Not in", "No puede entrar";
    gate_by_number: "By its number: compare it with the paper.", "Por su número: compáralo con el papel.";
    gate_decided_here: "Decided on this device, without a connection.", "Decidido en este dispositivo, sin conexión.";
    gate_online: "Connected", "Con conexión";
    gate_offline: "No connection: this device decides", "Sin conexión: decide este dispositivo";
    gate_signed_out: "Signed out: this device decides and keeps its scans", "Sin sesión: este dispositivo decide y guarda sus lecturas";
    gate_all_sent: "Every scan is sent.", "Todas las lecturas están enviadas.";
    gate_counts: "At the gates", "En las puertas";
    gate_inside: "inside now", "dentro ahora";
    gate_let_in: "let in", "han entrado";
    gate_gate: "Gate", "Puerta";
    gate_refused: "Refused", "Rechazadas";
    gate_conflicts: "Let in against the rule", "Entraron contra la regla";
    gate_conflicts_more: "A gate let these people in although the rule refuses them, most often since it had no connection. Of two scans the earlier is the entry.", "Una puerta dejó pasar a estas personas aunque la regla no lo permite, casi siempre por no tener conexión. De dos lecturas vale la más temprana.";
    gate_nobody_yet: "Nobody came yet.", "Aún no ha venido nadie.";
    gate_no_such_event: "There is no such event at your gates", "No hay ningún evento así en tus puertas";
    gate_needs_gates: "Check-in is for people at the gate, the box office and organisers.", "El control de acceso es para quienes están en la puerta, la taquilla y los organizadores.";
}

impl Language {
    /// Why somebody is not let in.
    pub fn gate_reason(self, reason: RefusedReason) -> &'static str {
        let (english, spanish) = match reason {
            RefusedReason::AlreadyIn => ("This ticket is in already.", "Con esta entrada ya hay alguien dentro."),
            RefusedReason::WrongEvent => ("It is for another event.", "Es para otro evento."),
            RefusedReason::WrongDate => ("It is for another date.", "Es para otra fecha."),
            RefusedReason::Cancelled => ("It was cancelled.", "Se canceló."),
            RefusedReason::Unknown => ("It is not a ticket of ours.", "No es una entrada nuestra."),
        };
        match self {
            Self::En => english,
            Self::Es => spanish,
        }
    }

    /// `Since 20:14, Gate 2.`
    pub fn gate_since(self, time: &str, gate: &str) -> String {
        match self {
            Self::En => format!("Since {time}, {gate}."),
            Self::Es => format!("Desde las {time}, {gate}."),
        }
    }

    /// What a ticket of another event is for.
    pub fn gate_other(self, name: &str, when: &str) -> String {
        format!("{name} · {when}")
    }

    /// `3 scans to send`.
    pub fn gate_unsent(self, scans: i64) -> String {
        let number = count(self, scans);
        match self {
            Self::En => format!("{number} {} to send. They are kept on this device.", plural(scans, "scan", "scans")),
            Self::Es => {
                format!("{number} {} por enviar. Se guardan en este dispositivo.", plural(scans, "lectura", "lecturas"))
            }
        }
    }

    /// `1,204 tickets on this device, as of 20:14`.
    pub fn gate_listed(self, tickets: i64, time: &str) -> String {
        let number = count(self, tickets);
        match self {
            Self::En => format!("{number} {} on this device, as of {time}.", plural(tickets, "ticket", "tickets")),
            Self::Es => {
                format!("{number} {} en este dispositivo, de las {time}.", plural(tickets, "entrada", "entradas"))
            }
        }
    }

    /// `20:14, Gate 2: let in; the entry was at 20:10, Gate 1.`
    pub fn gate_conflict(self, at: (&str, &str), entered: Option<(&str, &str)>) -> String {
        let (time, gate) = at;
        let here = match self {
            Self::En => format!("Let in at {time}, {gate}."),
            Self::Es => format!("Entró a las {time}, {gate}."),
        };
        match (self, entered) {
            (_, None) => here,
            (Self::En, Some((time, gate))) => format!("{here} The entry was at {time}, {gate}."),
            (Self::Es, Some((time, gate))) => format!("{here} La entrada buena fue a las {time}, {gate}."),
        }
    }
}
