//! Checking one's place in a line.

use super::words;
use crate::format::count;
use crate::language::Language;
use onsale_core::lineup::proof::Verdict;

words! {
    proof_lede: "Before anybody joined we published the seal of a secret. While people joined we published what proves who stood where. Afterwards we published the secret. With that, anybody can work out every place again.", "Antes de que entrara nadie publicamos el sello de un secreto. Mientras la gente entraba publicamos lo que prueba quién estaba dónde. Después publicamos el secreto. Con eso, cualquiera puede volver a calcular cada sitio.";
    proof_order_lede: "This line has no draw: places are the order of joining. While people joined we published what proves who stood where, so nobody can be put before others later.", "Esta fila no tiene sorteo: los sitios son el orden de llegada. Mientras la gente entraba publicamos lo que prueba quién estaba dónde, así que nadie puede colarse después.";
    published: "What is published", "Lo que está publicado";
    seal: "Seal of the secret", "Sello del secreto";
    secret: "Secret", "Secreto";
    secret_later: "It is published when the lobby ends.", "Se publica al acabar la antesala.";
    list_root: "Root of the list", "Raíz de la lista";
    list_later: "It is published when the lobby ends.", "Se publica al acabar la antesala.";
    outside_randomness: "Randomness from outside", "Azar de fuera";
    no_randomness: "None was used: whoever knew the secret could have steered the places by a last entry of their own.", "No se usó: quien conociera el secreto podría haber dirigido los sitios con una última entrada propia.";
    last_head: "Last published head", "Última cabeza publicada";
    no_heads: "None yet: the first comes within 10 seconds of somebody joining.", "Aún ninguna: la primera sale a los 10 segundos de que entre alguien.";
    receipts_key: "Key that signs receipts", "Clave que firma los recibos";
    your_receipt: "Your receipt", "Tu recibo";
    no_receipt: "This browser has no place in this line, so there is no receipt of yours to check. All else can be checked.", "Este navegador no tiene sitio en esta fila, así que no hay recibo tuyo que comprobar. Lo demás sí se puede comprobar.";
    your_entry: "Your entry", "Tu entrada en la fila";
    your_position: "Number in order of joining", "Número por orden de llegada";
    your_place: "Your place", "Tu sitio";
    place_later: "It is given when the line starts.", "Se da cuando empieza la fila.";
    joined_at: "Joined", "Llegada";
    your_head: "Head with your entry", "Cabeza con tu entrada";
    your_signature: "Our signature", "Nuestra firma";
    checks: "The checks", "Las comprobaciones";
    check_here: "Check all of it in this browser", "Comprobarlo todo en este navegador";
    checking: "Checking…", "Comprobando…";
    checked_here: "Checked by this browser, with all entries.", "Comprobado por este navegador, con todas las entradas.";
    checked_there: "As our server finds them. Do not take our word for it: press the button, or do it yourself.", "Así las encuentra nuestro servidor. No te fíes de nosotros: pulsa el botón o hazlo tú.";
    not_all_holds: "Not all of it holds. Save both documents below: with them anybody can see it.", "No todo se cumple. Guarda los dos documentos de abajo: con ellos cualquiera puede verlo.";
    do_it_yourself: "Do it yourself", "Hazlo tú";
    by_command: "Save both documents and run the command. It makes the same checks, and that of our signature, without us.", "Guarda los dos documentos y ejecuta la orden. Hace las mismas comprobaciones, y la de nuestra firma, sin nosotros.";
    the_proof: "The proof", "La prueba";
    all_entries: "All entries", "Todas las entradas";
    back_to_line: "Back to the line", "Volver a la fila";
}

impl Language {
    /// What a check finds when all is well.
    pub fn check(self, name: &str) -> &'static str {
        let (english, spanish) = match name {
            "commitment" => (
                "The secret is the one that was sealed before anybody joined.",
                "El secreto es el que se selló antes de que entrara nadie.",
            ),
            "heads" => ("The published heads only grow.", "Las cabezas publicadas solo crecen."),
            "chain" => (
                "The entries lead to every head that was published for them.",
                "Las entradas llevan a cada cabeza publicada.",
            ),
            "unique" => ("No entry is in the line twice.", "Ninguna entrada está dos veces en la fila."),
            "root" => (
                "The entries have the root that was published for them.",
                "Las entradas tienen la raíz que se publicó.",
            ),
            "order" => (
                "The list was published at the start, and the secret only then.",
                "La lista se publicó al empezar, y el secreto solo entonces.",
            ),
            "randomness" => (
                "Randomness from outside was drawn after the list was published.",
                "El azar de fuera se sacó después de publicar la lista.",
            ),
            "receipt" => (
                "Your entry stands after the same entries as when you joined.",
                "Tu entrada está detrás de las mismas que cuando llegaste.",
            ),
            "inclusion" => ("Your entry is in the list of the lobby.", "Tu entrada está en la lista de la antesala."),
            "place" => (
                "Your place is the one that the draw, or the order of joining, gives.",
                "Tu sitio es el que da el sorteo o el orden de llegada.",
            ),
            _ => ("Another check.", "Otra comprobación."),
        };
        match self {
            Self::En => english,
            Self::Es => spanish,
        }
    }

    /// How a check came out, in a word.
    pub fn verdict(self, verdict: Verdict) -> &'static str {
        match (self, verdict) {
            (Self::En, Verdict::Ok) => "Holds",
            (Self::En, Verdict::Failed) => "Does not hold",
            (Self::En, Verdict::Open) => "Open",
            (Self::Es, Verdict::Ok) => "Se cumple",
            (Self::Es, Verdict::Failed) => "No se cumple",
            (Self::Es, Verdict::Open) => "Abierta",
        }
    }

    /// `7 hold · 3 open · 0 failed`.
    pub fn checks_counted(self, held: usize, open: usize, failed: usize) -> String {
        match self {
            Self::En => format!("{held} hold · {open} open · {failed} failed"),
            Self::Es => format!("{held} se cumplen · {open} abiertas · {failed} fallan"),
        }
    }

    /// `96,540 entries`.
    pub fn entries_counted(self, entries: u32) -> String {
        let number = count(self, i64::from(entries));
        match (self, entries) {
            (Self::En, 1) => "1 entry".to_owned(),
            (Self::Es, 1) => "1 entrada".to_owned(),
            (Self::En, _) => format!("{number} entries"),
            (Self::Es, _) => format!("{number} entradas"),
        }
    }

    /// `drand, round 4711`.
    pub fn drand_round(self, round: i64) -> String {
        match self {
            Self::En => format!("drand, round {round}"),
            Self::Es => format!("drand, ronda {round}"),
        }
    }
}
