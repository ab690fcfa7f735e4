//! What organisers read while they prepare an event.

use super::{plural, words};
use crate::language::Language;

words! {
    ev_new: "New event", "Nuevo evento";
    ev_edit: "Edit the event", "Editar el evento";
    ev_preview: "Preview", "Vista previa";
    ev_new_lede: "Nothing is seen by buyers before you publish it.", "Nadie que compre ve nada antes de que lo publiques.";
    ev_published: "Published", "Publicado";
    ev_what: "What, where and when", "Qué, dónde y cuándo";
    ev_name: "Title", "Título";
    ev_description: "Description", "Descripción";
    ev_description_hint: "What buyers should know, in a few sentences.", "Lo que conviene saber, en pocas frases.";
    ev_type: "Kind", "Tipo";
    ev_venue: "Venue", "Recinto";
    ev_plan: "Seats", "Asientos";
    ev_no_plan: "No seats: general admission", "Sin asientos: entrada general";
    ev_starts: "Begins", "Empieza";
    ev_sale: "The sale", "La venta";
    ev_sale_hint: "When tickets can be had, and what holds for all of them. The line before the sale is set up on the page of live sales.", "Cuándo se pueden comprar entradas y qué vale para todas. La fila antes de la venta se prepara en la página de ventas en directo.";
    ev_on_sale: "The sale opens", "Abre la venta";
    ev_off_sale: "The sale closes", "Cierra la venta";
    ev_off_sale_hint: "When the event begins, if left empty.", "Cuando empieza el evento, si se deja vacío.";
    ev_stop_now: "Close the sale now", "Cerrar la venta ahora";
    ev_stop_then: "The time is filled in. Save, then publish the changes.", "La hora está puesta. Guarda y publica los cambios.";
    ev_currency: "Currency", "Moneda";
    ev_currency_hint: "Three letters, such as EUR. All prices are in it.", "Tres letras, como EUR. Todos los precios van en ella.";
    ev_hold: "Minutes to pay", "Minutos para pagar";
    ev_hold_hint: "How long seats are kept, 1 to 60.", "Cuánto se guardan los asientos, de 1 a 60.";
    ev_limit: "Tickets a person", "Entradas por persona";
    ev_limit_hint: "No limit if left empty.", "Sin límite si se deja vacío.";
    ev_refund: "Tickets can be given back until … hours before", "Se pueden devolver hasta … horas antes";
    ev_refund_hint: "Never if left empty.", "Nunca si se deja vacío.";
    ev_fees_back: "Fees are given back too", "Los gastos también se devuelven";
    ev_transfers: "Bank transfers are taken", "Se acepta transferencia";
    ev_transfers_hint: "In EUR alone. Seats are kept for the days that a transfer takes.", "Solo en EUR. Los asientos se guardan los días que tarda.";
    ev_prices: "Prices", "Precios";
    ev_prices_hint: "One row for each kind of ticket in each category of seats. Buyers see one price with everything in it.", "Una fila por tipo de entrada y categoría de asientos. Quien compra ve un solo precio con todo incluido.";
    ev_one_rule: "Fee and tax by one rule for all prices", "Gastos e impuesto con una regla para todos los precios";
    ev_one_rule_hint: "Otherwise each row has its own.", "Si no, cada fila tiene los suyos.";
    ev_fee_fixed: "Fee for each ticket", "Gastos por entrada";
    ev_fee_percent: "and per cent of its price", "y por ciento del precio";
    ev_tax_percent: "Tax, per cent", "Impuesto, por ciento";
    ev_tax_label: "The tax is called", "Nombre del impuesto";
    ev_tax_usual: "VAT", "IVA";
    ev_tax_included: "The tax is in the prices already", "El impuesto ya va incluido en los precios";
    ev_ticket_label: "The ticket is called", "Nombre de la entrada";
    ev_fee_label: "The fee is called", "Nombre de los gastos";
    ev_type_code: "Short word, such as adult or child", "Palabra corta, como adulto o niño";
    ev_type_name: "What buyers read", "Lo que lee quien compra";
    ev_category: "Category of seats", "Categoría de asientos";
    ev_general: "General admission", "Entrada general";
    ev_capacity: "How many, without seats", "Cuántas, sin asientos";
    ev_face: "Price before fee and tax on top", "Precio sin gastos ni impuesto añadido";
    ev_tax: "Tax", "Impuesto";
    ev_type_quotas: "Counts towards quotas", "Cuenta para los cupos";
    ev_add_type: "Add a price", "Añadir un precio";
    ev_new_type: "New price", "Precio nuevo";
    ev_quotas: "Quotas", "Cupos";
    ev_quotas_hint: "A number that several kinds of ticket share: name it here, and in the prices that count towards it.", "Un número que comparten varios tipos de entrada: dale nombre aquí y en los precios que cuentan.";
    ev_code: "Code", "Código";
    ev_how_many: "How many", "Cuántas";
    ev_add_quota: "Add a quota", "Añadir un cupo";
    ev_new_quota: "New quota", "Cupo nuevo";
    ev_codes: "Promo codes", "Códigos de descuento";
    ev_codes_hint: "Taken off the price before fees. Capitals do not matter.", "Se resta del precio sin gastos. Da igual mayúsculas o minúsculas.";
    ev_percent_off: "Per cent", "Por ciento";
    ev_amount_off: "Amount off the order", "Importe del pedido";
    ev_discount: "Discount", "Descuento";
    ev_takes_off: "It takes off", "Descuenta";
    ev_uses: "Orders that may use it", "Pedidos que pueden usarlo";
    ev_from: "Good from", "Vale desde";
    ev_until: "Good until", "Vale hasta";
    ev_add_code: "Add a code", "Añadir un código";
    ev_new_code: "New code", "Código nuevo";
    ev_save: "Save the draft", "Guardar el borrador";
    ev_saved: "Saved. Buyers see it once it is published.", "Guardado. Se verá cuando se publique.";
    ev_no_venue: "First, a venue", "Primero, un recinto";
    ev_no_venue_more: "An event takes place somewhere: add a venue, and draw its hall or go without seats.", "Un evento ocurre en algún lugar: añade un recinto y dibuja su sala, o hazlo sin asientos.";
    ev_publish: "Publish", "Publicar";
    ev_publish_more: "Seats are made, then the event is listed. From then on places, categories and numbers stay as they are; texts, times and prices can change.", "Se crean los asientos y el evento aparece en la lista. Desde entonces lugar, categorías y números no cambian; textos, horas y precios sí pueden.";
    ev_publish_sure: "What is saved is published. Save first what you changed.", "Se publica lo guardado. Guarda antes lo que hayas cambiado.";
    ev_publish_again: "Publish the changes", "Publicar los cambios";
    ev_publish_again_more: "What you saved since is seen by buyers only then. Tickets that are sold stay as they are.", "Lo guardado desde entonces se ve solo al publicarlo. Las entradas vendidas no cambian.";
    ev_publish_again_sure: "What is saved takes the place of what buyers see now.", "Lo guardado sustituye a lo que se ve ahora.";
    ev_step_stored: "The offer is stored", "La oferta está guardada";
    ev_step_seats: "Its places are made", "Se crean las plazas";
    ev_step_listed: "Buyers find it", "Se puede encontrar";
    ev_done: "done", "hecho";
    ev_waits: "not yet", "aún no";
    ev_is_listed: "Published. Buyers find it now.", "Publicado. Ya se puede encontrar.";
    ev_takes_longer: "This takes longer than usual. It goes on by itself; come back in some minutes.", "Tarda más de lo normal. Sigue solo; vuelve en unos minutos.";
    ev_dates: "More dates", "Más fechas";
    ev_dates_more: "Each date becomes a draft of its own, with its own seats. Together they are a series.", "Cada fecha es un borrador propio, con sus propios asientos. Juntas son una serie.";
    ev_every_days: "Every … days", "Cada … días";
    ev_times: "times", "veces";
    ev_fill: "Fill the list", "Rellenar la lista";
    ev_dates_list: "Dates", "Fechas";
    ev_dates_list_hint: "One a line, such as 2027-03-20 21:00, by the venue’s clocks.", "Una por línea, como 2027-03-20 21:00, con la hora del recinto.";
    ev_make_dates: "Draft these dates", "Crear estas fechas";
    ev_dates_made: "The dates are drafted.", "Las fechas están creadas.";
    ev_enter_dates: "Enter 1 to 100 dates", "Escribe de 1 a 100 fechas";
    ev_all_dates: "Saving changes all dates that are not on sale yet", "Guardar cambia todas las fechas que aún no están a la venta";
    ev_all_dates_hint: "Each keeps its own beginning.", "Cada una conserva su propia hora.";
    ev_clone: "Make a copy", "Hacer una copia";
    ev_clone_more: "A new draft with all of this in it.", "Un borrador nuevo con todo esto.";
    ev_cancel: "Call it off", "Cancelar el evento";
    ev_cancel_more: "It cannot be taken back. Whoever has tickets gets all of their money back.", "No se puede deshacer. Quien tenga entradas recupera todo su dinero.";
    ev_cancel_sure: "Call the event off?", "¿Cancelar el evento?";
    ev_cancel_nothing: "No ticket is sold: nothing has to be given back. It cannot be taken back.", "No hay entradas vendidas: no hay nada que devolver. No se puede deshacer.";
    ev_cancelling: "Calling off…", "Cancelando…";
    ev_is_cancelled: "The event is called off", "El evento está cancelado";
    ev_back: "Back to the form", "Volver al formulario";
    ev_preview_more: "This is what buyers will see of what is saved. Nothing can be bought here.", "Así se verá lo que está guardado. Aquí no se puede comprar.";
    ev_enter_name: "Enter a title", "Escribe un título";
    ev_enter_currency: "Enter the three letters of a currency, such as EUR", "Escribe las tres letras de una moneda, como EUR";
    ev_enter_start: "Enter when the event begins", "Escribe cuándo empieza el evento";
    ev_enter_on_sale: "Enter when the sale opens", "Escribe cuándo abre la venta";
    ev_enter_whole: "Enter a whole number", "Escribe un número entero";
    ev_enter_amount: "Enter an amount, such as 24.50", "Escribe un importe, como 24,50";
    ev_enter_percent: "Enter a number from 0 to 100, with two digits behind the point at most", "Escribe un número de 0 a 100, con dos decimales como mucho";
    ev_enter_discount: "Enter how much the code takes off", "Escribe cuánto descuenta el código";
    ev_enter_type: "Enter a short word and what buyers read", "Escribe una palabra corta y lo que lee quien compra";
    ev_only_looked: "Tickets are chosen here once it is published.", "Aquí se elegirán las entradas cuando se publique.";
}

impl Language {
    /// Whose clocks a time is by.
    pub fn ev_clock_of(self, zone: &str) -> String {
        match self {
            Self::En => format!("By the venue’s clocks ({zone})."),
            Self::Es => format!("Con la hora del recinto ({zone})."),
        }
    }

    /// What came of saving all dates.
    pub fn ev_saved_all(self, changed: usize, left: usize) -> String {
        let number = i64::try_from(changed).unwrap_or(i64::MAX);
        match self {
            Self::En => format!("Saved {changed} {}; {left} stayed as they are.", plural(number, "date", "dates")),
            Self::Es => format!(
                "{} {changed} {}; {left} siguen como estaban.",
                plural(number, "Guardada", "Guardadas"),
                plural(number, "fecha", "fechas")
            ),
        }
    }

    /// What calling off gives back.
    pub fn ev_cancel_refunds(self, tickets: &str, takings: &str) -> String {
        match self {
            Self::En => format!(
                "{tickets} tickets are sold. {takings} go back to their buyers, fees in, and each is told by mail. It cannot be taken back."
            ),
            Self::Es => format!(
                "Hay {tickets} entradas vendidas. {takings} vuelven a quienes las compraron, gastos incluidos, y se les avisa por correo. No se puede deshacer."
            ),
        }
    }

    /// A line that is no date.
    pub fn ev_no_date(self, line: &str) -> String {
        match self {
            Self::En => format!("Write “{line}” as a date, such as 2027-03-20 21:00"),
            Self::Es => format!("Escribe «{line}» como fecha, como 2027-03-20 21:00"),
        }
    }

    /// What to do where the API refused a field, by its code.
    pub fn ev_refused(self, code: &str) -> Option<&'static str> {
        let (en, es) = match code {
            "past" => {
                ("An event that is published begins in the future", "Un evento que se publica empieza en el futuro")
            }
            "empty" => ("Say what can be bought and for how much", "Indica qué se puede comprar y por cuánto"),
            "category_without_price" => {
                ("Give each category of seats a price", "Pon precio a cada categoría de asientos")
            }
            "fixed" => (
                "This cannot change once the event was published, because tickets may be sold: call it off and publish another",
                "Esto no puede cambiar una vez publicado, porque puede haber entradas vendidas: cancélalo y publica otro",
            ),
            "order" => (
                "Put the times in order: the sale opens, closes, and the event begins",
                "Pon las horas en orden: la venta abre, cierra, y el evento empieza",
            ),
            "duplicate" => ("This is there twice: use another", "Esto está dos veces: usa otro"),
            "missing" => (
                "Say how many there are, or choose a category of seats",
                "Indica cuántas hay, o elige una categoría de asientos",
            ),
            "not_allowed" => ("Leave it empty: the seats are the number", "Déjalo vacío: los asientos son el número"),
            _ => return None,
        };
        Some(match self {
            Self::En => en,
            Self::Es => es,
        })
    }
}
