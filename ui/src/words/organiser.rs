//! What organisers read: their events, how they sell, and the orders.

use super::{plural, words};
use crate::format::count;
use crate::language::Language;
use onsale_core::OrderStatus;

words! {
    your_events: "Your events", "Tus eventos";
    live_sales: "Live sales", "Ventas en directo";
    all_your_events: "All your events", "Todos tus eventos";
    tickets_sold: "Tickets sold", "Entradas vendidas";
    takings: "Takings, fees and taxes in", "Recaudación, gastos e impuestos incluidos";
    takings_word: "takings", "recaudado";
    held_now: "Held now", "Reservado ahora";
    still_free: "Still free", "Aún libre";
    sold_word: "sold", "vendidas";
    held_word: "held", "reservadas";
    nothing_back: "nothing refunded", "sin devoluciones";
    draft: "Draft", "Borrador";
    publishing: "Publishing", "Publicándose";
    selling: "Selling", "A la venta";
    event_over: "Over", "Terminado";
    not_published: "not published", "sin publicar";
    buyers_page: "Page for buyers", "Página de compra";
    the_house: "The house", "La sala";
    house_map: "Seats sold, held and free", "Asientos vendidos, reservados y libres";
    no_map_yet: "The map is there once the event is published.", "El plano aparece cuando se publica el evento.";
    orders: "Orders", "Pedidos";
    newest_orders: "Newest orders", "Últimos pedidos";
    news_here: "Newest first. New orders wait here, so that no row moves.", "Los últimos primero. Los nuevos esperan aquí para que ninguna fila se mueva.";
    find_order: "Find an order", "Buscar un pedido";
    find_order_hint: "Number or email", "Número o correo";
    state: "State", "Estado";
    show_all: "All", "Todos";
    status_paid: "Paid", "Pagado";
    status_paying: "Being paid", "Pagándose";
    status_part_refunded: "Partly refunded", "Devuelto en parte";
    status_cancelled: "Cancelled", "Cancelado";
    status_failed: "Not paid", "Sin pagar";
    order_word: "Order", "Pedido";
    buyer: "Buyer", "Comprador";
    seats_word: "Seats", "Asientos";
    total: "Total", "Total";
    time_word: "Time", "Hora";
    no_orders: "No orders yet", "Aún no hay pedidos";
    no_orders_more: "The first one appears here by itself.", "El primero aparecerá aquí solo.";
    none_found: "No such order", "No existe ese pedido";
    none_found_more: "Enter a whole order number, such as 7K3-M9Q-X2TC, or a whole email address.", "Escribe un número de pedido completo, como 7K3-M9Q-X2TC, o una dirección de correo completa.";
    none_of_state: "No order in this state.", "Ningún pedido en este estado.";
    older_orders: "Show older orders", "Ver pedidos anteriores";
    more_events: "Show more events", "Ver más eventos";
    no_events: "No events yet", "Aún no hay eventos";
    no_events_more: "Draft the first one: what, where, when, and for how much.", "Prepara el primero: qué, dónde, cuándo y por cuánto.";
    not_yours: "This part is for organisers", "Esta parte es para organizadores";
    not_yours_more: "The account you are signed in with runs no events. Sign in with the one that does, or ask an administrator for the role.", "La cuenta con la que has entrado no organiza eventos. Entra con la que sí lo hace o pide el rol a un administrador.";
    other_account: "Sign in with another account", "Entrar con otra cuenta";
    no_such_event: "There is no such event of yours", "No tienes ningún evento así";
    no_such_order: "There is no such order", "No existe ese pedido";
    live_word: "live", "en directo";
    not_live: "Not up to date: the connection is lost. We go on trying.", "Sin actualizar: se ha perdido la conexión. Seguimos intentándolo.";
    name_unknown: "Name not known just now", "Nombre no disponible ahora";
    what_it_costs: "What it costs", "Cuánto cuesta";
    its_tickets: "Tickets", "Entradas";
    no_tickets: "No tickets were issued.", "No se ha emitido ninguna entrada.";
    history: "What happened", "Qué ha pasado";
    paid_by: "Paid by", "Forma de pago";
    refunded: "Refunded", "Devuelto";
    back_to_your_event: "Back to the event", "Volver al evento";
    ticket_valid: "Valid", "Válida";
    ticket_used: "Used", "Usada";
    ticket_cancelled: "Cancelled", "Cancelada";
}

impl Language {
    /// `of 2,871`.
    pub fn of_capacity(self, capacity: i64) -> String {
        match self {
            Self::En => format!("of {}", count(self, capacity)),
            Self::Es => format!("de {}", count(self, capacity)),
        }
    }

    /// `refunded €236.00`.
    pub fn refunded_of(self, back: &str) -> String {
        match self {
            Self::En => format!("refunded {back}"),
            Self::Es => format!("devuelto {back}"),
        }
    }

    /// `3 new orders: show them`.
    pub fn new_orders(self, fresh: i64) -> String {
        let number = count(self, fresh);
        match self {
            Self::En => format!("Show {number} new {}", plural(fresh, "order", "orders")),
            Self::Es => format!("Ver {number} {}", plural(fresh, "pedido nuevo", "pedidos nuevos")),
        }
    }

    /// `on sale since 12:00`.
    pub fn on_sale_since(self, when: &str) -> String {
        match self {
            Self::En => format!("on sale since {when}"),
            Self::Es => format!("a la venta desde {when}"),
        }
    }

    /// `Opens 12 Mar 12:00`.
    pub fn opens_at(self, when: &str) -> String {
        match self {
            Self::En => format!("Opens {when}"),
            Self::Es => format!("Abre {when}"),
        }
    }

    /// What the map is for those who hear it.
    pub fn sales_map_label(self) -> &'static str {
        match self {
            Self::En => {
                "Map of what is sold, on hold and free. Arrow keys move from seat to seat, plus and minus zoom, 0 shows all."
            }
            Self::Es => {
                "Plano de lo vendido, reservado y libre. Las flechas van de asiento en asiento, más y menos acercan y alejan, 0 muestra todo."
            }
        }
    }

    /// An order's state in a word, with its badge's class.
    pub fn order_state(self, status: OrderStatus, is_refunded: bool) -> (&'static str, &'static str) {
        match status {
            OrderStatus::Pending => (self.status_paying(), "info"),
            OrderStatus::Confirmed | OrderStatus::Processing | OrderStatus::Completed if is_refunded => {
                (self.status_part_refunded(), "warn")
            }
            OrderStatus::Confirmed | OrderStatus::Processing | OrderStatus::Completed => (self.status_paid(), "good"),
            OrderStatus::Cancelled => (self.status_cancelled(), "warn"),
            OrderStatus::Failed => (self.status_failed(), "bad"),
        }
    }

    /// A way to pay, in words; nothing for one that is not known yet.
    pub fn payment_method(self, method: &str) -> Option<&'static str> {
        let (english, spanish) = match method {
            "CREDIT_CARD" => ("Card", "Tarjeta"),
            "WALLET" => ("Wallet", "Monedero"),
            "BANK_TRANSFER" => ("Bank transfer", "Transferencia"),
            "INVOICE" => ("Invoice", "Factura"),
            "CASH" => ("Cash", "Efectivo"),
            _ => return None,
        };
        Some(match self {
            Self::En => english,
            Self::Es => spanish,
        })
    }

    /// Something that happened to an order; nothing for what says nothing to people.
    pub fn order_step(self, kind: &str, status: Option<OrderStatus>) -> Option<&'static str> {
        let (english, spanish) = match (kind, status) {
            ("reservation-created", _) => ("Seats held", "Asientos reservados"),
            ("reservation-changed", _) => ("The choice was changed", "Se cambió la selección"),
            ("reservation-released", _) => ("Seats given back", "Asientos devueltos"),
            ("reservation-expired", _) => ("The hold ended", "La reserva caducó"),
            ("payment-begun", _) => ("Payment began", "Empezó el pago"),
            ("payment-ended", _) => ("The payment attempt ended", "Terminó el intento de pago"),
            ("reservation-confirmed", _) => ("Payment accepted", "Pago aceptado"),
            ("ticket-created" | "ticket-confirmed", _) => ("Tickets issued", "Entradas emitidas"),
            ("ticket-used", _) => ("Let in at the gate", "Entró por la puerta"),
            ("ticket-cancelled", _) => ("Tickets cancelled", "Entradas canceladas"),
            ("order-failed", _) => ("Not paid", "Sin pagar"),
            ("order-given-up", _) => {
                ("Cancelled by the buyer while it was being paid", "Cancelado por el cliente durante el pago")
            }
            ("order-cancelled", _) => ("Ended without tickets", "Terminó sin entradas"),
            ("order-refunded", _) => ("Money refunded", "Dinero devuelto"),
            ("order-advanced", Some(OrderStatus::Confirmed)) => ("Paid", "Pagado"),
            ("order-advanced", Some(OrderStatus::Processing)) => {
                ("The confirmation is being sent", "Se envía la confirmación")
            }
            ("order-advanced", Some(OrderStatus::Completed)) => ("The confirmation was sent", "Confirmación enviada"),
            ("order-advanced", Some(OrderStatus::Cancelled)) => ("Cancelled", "Cancelado"),
            _ => return None,
        };
        Some(match self {
            Self::En => english,
            Self::Es => spanish,
        })
    }

    /// `2 tickets`.
    pub fn tickets_counted(self, tickets: i64) -> String {
        let number = count(self, tickets);
        match self {
            Self::En => format!("{number} {}", plural(tickets, "ticket", "tickets")),
            Self::Es => format!("{number} {}", plural(tickets, "entrada", "entradas")),
        }
    }
}
