//! What those read who sell: where an event sells, an order's refund and notes, the counter, the books.

use super::{plural, words};
use crate::format::count;
use crate::language::Language;

words! {
    by_category: "By category", "Por categoría";
    category_word: "Category", "Categoría";
    kept_back: "Kept back", "Bloqueado";
    sold_or_kept_back: "sold or kept back", "vendido o bloqueado";
    free_word: "Free", "Libres";
    sold_head: "Sold", "Vendidas";
    held_head: "Held", "Reservadas";
    takings_head: "Takings", "Recaudación";
    all_categories: "All", "Todas";
    tickets_a_minute: "Tickets a minute, the last hour", "Entradas por minuto, la última hora";
    minute_word: "Minute", "Minuto";
    tickets_word: "Tickets", "Entradas";
    as_table: "As a table", "En una tabla";
    nothing_this_hour: "No ticket was sold within the last hour.", "En la última hora no se ha vendido ninguna entrada.";
    counter: "Box office", "Taquilla";
    reports: "Reports", "Informes";
    do_with_order: "Do something", "Acciones";
    refund_word: "Refund", "Devolver";
    refund_which: "Tickets to give back", "Entradas que se devuelven";
    refund_terms: "How much goes back", "Cuánto se devuelve";
    refund_policy: "As the event's policy says", "Según las condiciones del evento";
    refund_whole: "All that was paid", "Todo lo pagado";
    refund_closed: "The event's policy gives nothing back now.", "Las condiciones del evento ya no permiten devoluciones.";
    refund_pick: "Tick a ticket.", "Marca una entrada.";
    refund_done: "Given back. The seats are on sale again.", "Devuelto. Los asientos vuelven a estar a la venta.";
    send_again: "Send the tickets again", "Volver a enviar las entradas";
    sent_again: "The mail is on its way.", "El correo está en camino.";
    note_word: "Note for your colleagues", "Nota para tus compañeros";
    note_add: "Keep the note", "Guardar la nota";
    note_kept: "The note is kept.", "La nota está guardada.";
    note_empty: "Write something first.", "Escribe algo primero.";
    payments_missing: "The payments cannot be shown just now.", "Ahora no se pueden mostrar los pagos.";
    mails_missing: "The mails cannot be shown just now.", "Ahora no se pueden mostrar los correos.";
    note_step: "Note", "Nota";
    mail_step: "Mail", "Correo";
    mail_pending: "being sent", "enviándose";
    mail_failed: "not delivered", "sin entregar";
    sale_word: "Sale", "Venta";
    pick_on_map: "Choose seats on the map.", "Elige asientos en el plano.";
    buyer_email: "Buyer's email (optional)", "Correo del comprador (opcional)";
    buyer_email_hint: "With an account the tickets are theirs, and go there by mail. Without, print them.", "Si tiene cuenta, las entradas son suyas y las recibe por correo. Si no, imprímelas.";
    no_such_account: "There is no account of this address: leave it empty and print.", "No hay ninguna cuenta con esa dirección: déjalo vacío e imprime.";
    by_invoice: "By invoice", "Con factura";
    keep_back: "Keep back", "Bloquear";
    put_on_sale: "Put on sale", "Desbloquear";
    release_first: "A seat that is kept back is put on sale before it is sold.", "Un asiento bloqueado se desbloquea antes de venderlo.";
    sold_now: "Sold", "Vendido";
    print_tickets: "Print", "Imprimir";
    next_sale: "Next sale", "Siguiente venta";
    to_order: "To the order", "Al pedido";
    code_of_ticket_here: "Code of the ticket", "Código de la entrada";
    more_one: "One more", "Una más";
    fewer_one: "One fewer", "Una menos";
    settlement: "Settlement", "Liquidación";
    settlement_more: "From the payment ledger, over all orders of the event.", "Del libro de pagos, sobre todos los pedidos del evento.";
    face_word: "Face value", "Valor de las entradas";
    fees_word: "Fees", "Gastos";
    taxes_word: "Taxes", "Impuestos";
    discounts_word: "Discounts", "Descuentos";
    by_provider: "Taken by card and transfer", "Cobrado con tarjeta y transferencia";
    in_cash: "Taken in cash, invoices that were paid", "Cobrado en efectivo y facturas pagadas";
    owed_word: "Owed by invoice", "Pendiente de facturas";
    money_back: "Given back", "Devuelto";
    by_orders: "The same by the orders", "Lo mismo según los pedidos";
    books_agree: "Ledger and orders agree to the cent.", "El libro y los pedidos coinciden al céntimo.";
    books_differ: "Ledger and orders differ: tell whoever runs the installation.", "El libro y los pedidos no coinciden: avisa a quien administra la instalación.";
    attendees: "Who comes", "Asistentes";
    attendee_name: "Name", "Nombre";
    ticket_word: "Ticket", "Entrada";
    download_csv: "CSV", "CSV";
    download_xlsx: "Excel", "Excel";
    download_list: "Download the list", "Descargar la lista";
    download_failed: "The list did not come. Try again.", "La lista no ha llegado. Inténtalo de nuevo.";
    more_attendees: "Show more", "Ver más";
    no_attendees: "Nobody has a ticket yet.", "Nadie tiene entrada todavía.";
}

impl Language {
    /// `Refund €45.00`.
    pub fn refund_amount(self, amount: &str) -> String {
        match self {
            Self::En => format!("Refund {amount}"),
            Self::Es => format!("Devolver {amount}"),
        }
    }

    /// `€5.00 is kept`.
    pub fn kept_amount(self, amount: &str) -> String {
        match self {
            Self::En => format!("{amount} is kept."),
            Self::Es => format!("Se retienen {amount}."),
        }
    }

    /// `Cash €45.00`.
    pub fn cash_amount(self, amount: &str) -> String {
        match self {
            Self::En => format!("Cash {amount}"),
            Self::Es => format!("Efectivo {amount}"),
        }
    }

    /// `12 tickets, 14:05`, of one minute.
    pub fn most_a_minute(self, tickets: i64) -> String {
        let number = count(self, tickets);
        match self {
            Self::En => format!("most {number} {} in a minute", plural(tickets, "ticket", "tickets")),
            Self::Es => format!("máximo {number} {} en un minuto", plural(tickets, "entrada", "entradas")),
        }
    }

    /// `3 seats are kept back`, or put on sale.
    pub fn seats_changed(self, seats: usize, blocked: bool) -> String {
        let seats = i64::try_from(seats).unwrap_or(i64::MAX);
        let number = count(self, seats);
        match (self, blocked) {
            (Self::En, true) => format!("{number} {} kept back.", plural(seats, "seat is", "seats are")),
            (Self::En, false) => format!("{number} {} on sale.", plural(seats, "seat is", "seats are")),
            (Self::Es, true) => format!("{number} {}.", plural(seats, "asiento bloqueado", "asientos bloqueados")),
            (Self::Es, false) => format!("{number} {}.", plural(seats, "asiento a la venta", "asientos a la venta")),
        }
    }

    /// `2 orders are being paid or given back`.
    pub fn orders_open(self, orders: i64) -> String {
        let number = count(self, orders);
        match self {
            Self::En => format!(
                "{number} {} being paid or given back at this moment; until then the sums may differ.",
                plural(orders, "order is", "orders are")
            ),
            Self::Es => format!(
                "{number} {} o devolviéndose en este momento; hasta entonces las sumas pueden diferir.",
                plural(orders, "pedido está pagándose", "pedidos están pagándose")
            ),
        }
    }

    /// What happened to an order's money; nothing for what says nothing to people.
    pub fn payment_step(self, kind: &str) -> Option<&'static str> {
        let (english, spanish) = match kind {
            "payment-completed" => ("Money taken", "Dinero cobrado"),
            "payment-failed" => ("Payment declined", "Pago rechazado"),
            "payment-refunded" => ("Money went back", "Dinero devuelto al comprador"),
            _ => return None,
        };
        Some(match self {
            Self::En => english,
            Self::Es => spanish,
        })
    }

    /// What a mail was about.
    pub fn mail_about(self, template: &str) -> &'static str {
        let (english, spanish) = match template {
            "order_confirmed" => ("the tickets", "las entradas"),
            "order_cancelled" => ("the cancellation", "la cancelación"),
            "payment_problem" => ("a payment that failed", "un pago fallido"),
            "payment_refunded" => ("the money that went back", "la devolución"),
            "transfer_instructions" => ("how to transfer", "cómo transferir"),
            _ => ("the order", "el pedido"),
        };
        match self {
            Self::En => english,
            Self::Es => spanish,
        }
    }
}
