//! One's own orders and tickets.

use super::{plural, words};
use crate::language::Language;
use onsale_core::OrderStatus;

words! {
    order: "Order", "Pedido";
    order_number: "Order number", "Número de pedido";
    orders_none_title: "You have no tickets yet", "Aún no tienes entradas";
    orders_none: "What you buy stands here, with the code for the door.", "Aquí aparece lo que compras, con el código para la entrada.";
    find_something: "See what is on", "Ver qué hay";
    sign_in_for_tickets_title: "Sign in to see your tickets", "Entra para ver tus entradas";
    sign_in_for_tickets: "They are kept in your account. You come back here afterwards.", "Están guardadas en tu cuenta. Después vuelves aquí.";
    show_tickets: "Show tickets", "Ver entradas";
    show_order: "Show the order", "Ver el pedido";
    go_on_paying: "Go on", "Continuar";
    loading_more: "Loading…", "Cargando…";
    paid_title: "Paid. These are your tickets.", "Pagado. Estas son tus entradas.";
    next_title: "What comes next", "Qué viene ahora";
    next_mail: "A mail with your tickets is on its way. If it does not come, nothing is lost: they are always here.", "Te llega un correo con las entradas. Si no llega, no se pierde nada: siempre están aquí.";
    next_door: "At the door, show the code on your phone or printed. Each code opens the door once.", "En la puerta, enseña el código en el móvil o impreso. Cada código abre la puerta una vez.";
    ticket_section: "Section", "Zona";
    ticket_row: "Row", "Fila";
    ticket_seat: "Seat", "Asiento";
    kind_of_ticket: "Ticket", "Entrada";
    code_of_ticket: "QR code of this ticket", "Código QR de esta entrada";
    code_coming: "The code is being fetched…", "Buscando el código…";
    code_failed: "The code could not be fetched.", "No se pudo traer el código.";
    used: "Used at the door", "Usada en la puerta";
    returned: "Given back", "Devuelta";
    no_longer_good: "This ticket is no longer good at the door.", "Esta entrada ya no vale en la puerta.";
    print: "Print", "Imprimir";
    download_pdf: "Download PDF", "Descargar PDF";
    downloading: "Downloading…", "Descargando…";
    tickets_file: "tickets", "entradas";
    ticket_list: "Your tickets", "Tus entradas";
    what_you_paid: "What you paid", "Lo que pagaste";
    paid_total: "Paid", "Pagado";
    refunded_line: "Given back to you", "Devuelto a ti";
    bought_on: "Bought on", "Comprado el";
    event_page: "The event", "El evento";
    all_orders: "All my tickets", "Todas mis entradas";
    return_tickets: "Give tickets back", "Devolver entradas";
    return_title: "Give tickets back?", "¿Devolver entradas?";
    you_get_back: "You get back", "Recibes";
    is_kept: "Is kept", "Se retiene";
    keep_tickets: "Keep them", "Quedármelas";
    returning: "Giving back…", "Devolviendo…";
    asking_quote: "Asking…", "Consultando…";
    choose_one: "Choose at least one ticket.", "Elige al menos una entrada.";
    not_cancellable_title: "These tickets cannot be given back now", "Estas entradas no se pueden devolver ahora";
    not_cancellable: "The event’s rules do not allow it any more, or the order is still being finished.", "Las normas del evento ya no lo permiten, o el pedido aún se está cerrando.";
    order_missing_title: "No such order", "No existe este pedido";
    order_missing: "It may be another account’s, or the address is mistyped.", "Puede ser de otra cuenta, o la dirección está mal escrita.";
    order_failed_title: "This order was never paid", "Este pedido no llegó a pagarse";
    order_failed: "You were not charged, and its tickets are back on sale.", "No se te ha cobrado y sus entradas vuelven a la venta.";
    given_up_title: "This order was cancelled before it was paid", "Este pedido se canceló antes de pagarse";
    given_up: "Its places are back on sale. Money that came all the same goes back whole.", "Sus plazas vuelven a la venta. El dinero que llegó de todos modos se devuelve entero.";
    order_pending_title: "This order is not paid yet", "Este pedido aún no está pagado";
    to_payment: "To the payment", "Ir al pago";
    orders_needs_script: "Your tickets need JavaScript to be shown here. They are also in the mail that we sent.", "Para ver aquí tus entradas hace falta JavaScript. También están en el correo que enviamos.";
}

impl Language {
    /// What giving back does.
    pub fn return_lede(self, seats: bool) -> &'static str {
        match (self, seats) {
            (Self::En, true) => "Choose the tickets. Their seats go back on sale at once; this cannot be undone.",
            (Self::En, false) => "Choose the tickets. They go back on sale at once; this cannot be undone.",
            (Self::Es, true) => "Elige las entradas. Sus asientos vuelven a la venta al momento; no se puede deshacer.",
            (Self::Es, false) => "Elige las entradas. Vuelven a la venta al momento; no se puede deshacer.",
        }
    }

    /// `2 tickets`.
    pub fn tickets_count(self, count: i64) -> String {
        match self {
            Self::En => format!("{count} {}", plural(count, "ticket", "tickets")),
            Self::Es => format!("{count} {}", plural(count, "entrada", "entradas")),
        }
    }

    /// `1 of 2`.
    pub fn place_of(self, place: usize, all: usize) -> String {
        match self {
            Self::En => format!("{place} of {all}"),
            Self::Es => format!("{place} de {all}"),
        }
    }

    /// `Ticket 1 of 2, Marea Alta`.
    pub fn ticket_label(self, place: usize, all: usize, event: &str) -> String {
        format!("{} {}, {event}", self.kind_of_ticket(), self.place_of(place, all))
    }

    /// `€46.00 is on its way back to you.`
    pub fn refund_under_way(self, amount: &str) -> String {
        match self {
            Self::En => format!("{amount} is on its way back to you. Banks take some days."),
            Self::Es => format!("{amount} va de vuelta a tu cuenta. Los bancos tardan unos días."),
        }
    }

    /// `Order 7H4K-20`.
    pub fn order_name(self, number: &str) -> String {
        format!("{} {number}", self.order())
    }

    /// Where an order is in its life, in a word.
    pub fn order_status(self, status: OrderStatus) -> &'static str {
        let (english, spanish) = match status {
            OrderStatus::Pending => ("Not paid yet", "Sin pagar aún"),
            OrderStatus::Confirmed | OrderStatus::Processing | OrderStatus::Completed => ("Paid", "Pagado"),
            OrderStatus::Cancelled => ("Given back", "Devuelto"),
            OrderStatus::Failed => ("Never paid", "No se pagó"),
        };
        match self {
            Self::En => english,
            Self::Es => spanish,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_know_their_plurals() {
        assert_eq!(Language::En.tickets_count(1), "1 ticket");
        assert_eq!(Language::Es.tickets_count(2), "2 entradas");
        assert_eq!(Language::Es.ticket_label(1, 2, "Marea Alta"), "Entrada 1 de 2, Marea Alta");
    }

    #[test]
    fn paid_is_paid_while_mail_is_under_way() {
        let language = Language::En;
        for status in [OrderStatus::Confirmed, OrderStatus::Processing, OrderStatus::Completed] {
            assert_eq!(language.order_status(status), "Paid");
        }
    }
}
