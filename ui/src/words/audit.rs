//! The audit log.

use super::{plural, words};
use crate::format::count;
use crate::language::Language;

words! {
    audit: "Audit log", "Registro de actos";
    audit_lede: "All that staff did. Entries are only added, and each is chained to the one before it, so that a change is found.", "Todo lo que hizo el personal. Solo se añaden entradas y cada una se encadena a la anterior, así que un cambio se descubre.";
    audit_search: "Search", "Buscar";
    audit_entries: "Entries", "Entradas del registro";
    audit_file: "As a CSV file", "Como archivo CSV";
    audit_making_file: "Collecting the entries…", "Reuniendo las entradas…";
    audit_file_made: "The file holds all that was found.", "El archivo contiene todo lo encontrado.";
    audit_file_cut: "The file holds the newest 10,000. Choose fewer days for the others.", "El archivo contiene las 10.000 últimas. Elige menos días para el resto.";
    audit_file_failed: "This browser did not take the file.", "Este navegador no aceptó el archivo.";
    audit_who: "Who", "Quién";
    audit_who_hint: "The whole email", "El correo completo";
    audit_what: "What", "Qué";
    audit_object: "On what", "Sobre qué";
    audit_object_hint: "An id, such as EVT001", "Un identificador, como EVT001";
    audit_on: "On", "Sobre";
    audit_from: "From this day", "Desde este día";
    audit_until: "Through this day", "Hasta este día incluido";
    audit_enter_later: "Enter a day that is not before the first one", "Escribe un día que no sea anterior al primero";
    audit_all: "Show all", "Ver todo";
    audit_none: "Nothing was done yet.", "Aún no se ha hecho nada.";
    audit_none_found: "Nothing fits. Look for less, or choose more days.", "Nada coincide. Busca con menos datos o elige más días.";
    audit_number: "Number", "Número";
    audit_detail: "Detail", "Detalle";
    audit_older: "Show older entries", "Ver entradas anteriores";
    audit_itself: "the installation itself", "la propia instalación";
    audit_whole: "of the whole installation", "de toda la instalación";
    audit_service: "Service", "Servicio";
    audit_entry: "Entry", "Entrada";
    audit_hash: "The chain up to here", "La cadena hasta aquí";
    audit_head: "Where the chain stands", "Hasta dónde llega la cadena";
    audit_head_more: "Keep this line somewhere else, on paper or in another system. Later it proves that nothing before it was changed.", "Guarda esta línea en otro sitio, en papel o en otro sistema. Más adelante prueba que no se cambió nada anterior.";
    audit_head_verify: "Whoever runs the installation checks it with: onsale audit verify --head", "Quien dirige la instalación la comprueba con: onsale audit verify --head";
}

impl Language {
    /// What can be looked for: how names of acts begin, and what that is.
    pub fn audit_kinds(self) -> [(&'static str, &'static str); 14] {
        let kinds = [
            ("", "Everything", "Todo"),
            ("event.", "Events", "Eventos"),
            ("venue.", "Venues", "Recintos"),
            ("hall.", "Halls", "Salas"),
            ("queue.", "Lines", "Colas"),
            ("order.", "Orders", "Pedidos"),
            ("ticket.", "Sales at the counter", "Ventas en taquilla"),
            ("member.", "Members", "Miembros"),
            ("invitation.", "Invitations", "Invitaciones"),
            ("api-key.", "API keys", "Claves de API"),
            ("webhook.", "Webhooks", "Webhooks"),
            ("second-factor.", "Second factors", "Segundos factores"),
            ("user.", "Accounts", "Cuentas"),
            ("settings.", "Settings", "Ajustes"),
        ];
        kinds.map(|(start, english, spanish)| match self {
            Self::En => (start, english),
            Self::Es => (start, spanish),
        })
    }

    /// An act in words; nothing for one that is not known yet.
    pub fn audit_action(self, action: &str) -> Option<&'static str> {
        let (english, spanish) = match action {
            "api-key.create" => ("Made a key", "Creó una clave"),
            "api-key.revoke" => ("Revoked a key", "Revocó una clave"),
            "event.cancel" => ("Called an event off", "Canceló un evento"),
            "event.change" => ("Changed an event", "Cambió un evento"),
            "event.create" => ("Drafted an event", "Creó un evento"),
            "event.publish" => ("Published an event", "Publicó un evento"),
            "hall.create" => ("Began a hall", "Empezó una sala"),
            "hall.publish" => ("Published a hall", "Publicó una sala"),
            "invitation.accept" => ("Accepted an invitation", "Aceptó una invitación"),
            "invitation.create" => ("Invited somebody", "Invitó a alguien"),
            "invitation.revoke" => ("Withdrew an invitation", "Retiró una invitación"),
            "member.remove" => ("Took a member out", "Sacó a un miembro"),
            "member.set" => ("Changed a member's roles", "Cambió los roles de un miembro"),
            "order.cancel" => ("Cancelled an order", "Canceló un pedido"),
            "order.settle" => ("Marked an invoice as paid", "Marcó una factura como pagada"),
            "organisation.found" => ("Founded an organisation", "Fundó una organización"),
            "organisation.rename" => ("Renamed an organisation", "Cambió el nombre de una organización"),
            "plan.add" => ("Added a plan", "Añadió un plano"),
            "queue.admit" => ("Let people in from the line", "Dejó pasar a gente de la cola"),
            "queue.close" => ("Closed a line", "Cerró una cola"),
            "queue.pause" => ("Paused a line", "Pausó una cola"),
            "queue.resume" => ("Let a line go on", "Reanudó una cola"),
            "queue.set" => ("Set a line up", "Configuró una cola"),
            "second-factor.enable" => ("Set a second factor up", "Activó un segundo factor"),
            "second-factor.recover" => ("Used a recovery code", "Usó un código de recuperación"),
            "second-factor.remove" => ("Removed a second factor", "Quitó un segundo factor"),
            "second-factor.renew" => ("Made new recovery codes", "Creó códigos de recuperación"),
            "settings.change" => ("Changed the settings", "Cambió los ajustes"),
            "signing-key.rotate" => ("Changed the signing key", "Cambió la clave de firma"),
            "ticket.sell" => ("Sold at the counter", "Vendió en taquilla"),
            "user.administer" => ("Changed an account", "Cambió una cuenta"),
            "venue.change" => ("Changed a venue", "Cambió un recinto"),
            "venue.create" => ("Added a venue", "Añadió un recinto"),
            "webhook.change" => ("Changed a webhook", "Cambió un webhook"),
            "webhook.create" => ("Added a webhook", "Añadió un webhook"),
            "webhook.delete" => ("Removed a webhook", "Quitó un webhook"),
            "webhook.resend" => ("Sent webhooks again", "Reenvió webhooks"),
            "webhook.rotate" => ("Changed a webhook's secret", "Cambió el secreto de un webhook"),
            _ => return None,
        };
        Some(match self {
            Self::En => english,
            Self::Es => spanish,
        })
    }

    /// How many entries were found.
    pub fn audit_found(self, found: usize, more: bool) -> String {
        let number = i64::try_from(found).unwrap_or(i64::MAX);
        let shown = count(self, number);
        match (self, more) {
            (Self::En, false) => format!("{shown} {} found", plural(number, "entry", "entries")),
            (Self::En, true) => format!("{shown} entries shown, there are older ones"),
            (Self::Es, false) => {
                format!("{shown} {}", plural(number, "entrada encontrada", "entradas encontradas"))
            }
            (Self::Es, true) => format!("{shown} entradas a la vista, hay anteriores"),
        }
    }
}
