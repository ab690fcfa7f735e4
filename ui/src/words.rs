//! What the pages say, in both languages side by side, so that neither is forgotten.

use crate::language::Language;

pub(crate) const WEEKDAYS: [[&str; 7]; 2] =
    [["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"], ["lun", "mar", "mié", "jue", "vie", "sáb", "dom"]];

pub(crate) const MONTHS: [[&str; 12]; 2] = [
    [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
    [
        "enero",
        "febrero",
        "marzo",
        "abril",
        "mayo",
        "junio",
        "julio",
        "agosto",
        "septiembre",
        "octubre",
        "noviembre",
        "diciembre",
    ],
];

macro_rules! words {
    ($($name:ident: $en:literal, $es:literal;)*) => {
        impl Language {
            $(
                #[doc = $en]
                pub(crate) fn $name(self) -> &'static str {
                    match self {
                        Self::En => $en,
                        Self::Es => $es,
                    }
                }
            )*
        }
    };
}

words! {
    own_name: "English", "Español";
    skip: "Skip to content", "Saltar al contenido";
    home_label: "Onsale, home", "Onsale, inicio";
    main_nav: "Main", "Principal";
    events: "Events", "Eventos";
    foot: "Onsale · every price is the whole price", "Onsale · cada precio es el precio completo";
    for_developers: "For developers", "Para desarrolladores";
    home_title: "Events · Onsale", "Eventos · Onsale";
    hero: "A seat with your name on it.", "Un asiento con tu nombre.";
    lede: "No price you have not seen, no seat sold twice.", "Ningún precio que no hayas visto, ningún asiento vendido dos veces.";
    what: "What", "Qué";
    what_hint: "Artist, show, team or venue", "Artista, espectáculo, equipo o sala";
    where_: "Where", "Dónde";
    any_city: "Any city", "Cualquier ciudad";
    search: "Search", "Buscar";
    opening_next: "Opening next", "Próximas aperturas";
    opens: "Sale opens", "La venta abre";
    look: "Look", "Ver";
    filter: "Filter events", "Filtrar eventos";
    all: "All", "Todos";
    city: "City", "Ciudad";
    kind: "What", "Qué";
    show_more: "Show more", "Mostrar más";
    none_title: "Nothing found", "No hay resultados";
    none_all: "No event is on sale just now. Come back soon.", "Ahora no hay ningún evento a la venta. Vuelve pronto.";
    none_query: "Look for fewer words, another spelling or another city.", "Prueba con menos palabras, otra ortografía u otra ciudad.";
    see_all: "See all events", "Ver todos los eventos";
    degraded: "The search is simpler than usual just now: typos are forgiven less.", "La búsqueda es más sencilla de lo habitual: perdona menos errores.";
    stale: "This list could not be renewed just now; it may be some minutes old.", "No se pudo renovar esta lista; puede tener unos minutos.";
    away_title: "The events cannot be shown just now", "Ahora no se pueden mostrar los eventos";
    away: "This did not work, and it is our fault. Nothing is lost. Load the page again in a moment.", "No ha funcionado y es culpa nuestra. No se ha perdido nada. Vuelve a cargar la página en un momento.";
    again: "Load again", "Cargar otra vez";
    missing_title: "There is nothing here", "Aquí no hay nada";
    missing: "The address may be mistyped, or the event is no longer shown.", "Puede que la dirección esté mal escrita o que el evento ya no se muestre.";
    trace: "Number", "Número";
    from: "from", "desde";
    sold_out: "Sold out", "Agotado";
    all_held: "All held just now", "Todo reservado ahora";
    cancelled: "Cancelled", "Cancelado";
    many: "Many seats", "Muchos asientos";
    prices: "What it costs", "Cuánto cuesta";
    prices_table: "Table of prices", "Tabla de precios";
    ticket: "Ticket", "Entrada";
    category: "Price", "Precio";
    fees: "Fees", "Gastos";
    you_pay: "You pay", "Pagas";
    nothing_added: "Nothing is added later.", "No se añade nada después.";
    fees_in: "all fees in", "gastos incluidos";
    good_to_know: "Good to know", "Conviene saber";
    seating: "Seating", "Asientos";
    reserved: "Numbered seats, chosen on the plan.", "Asientos numerados, se eligen en el plano.";
    general: "General admission, no numbered seats.", "Entrada general, sin asientos numerados.";
    returns: "Returns", "Devoluciones";
    no_returns: "Tickets cannot be given back.", "Las entradas no se pueden devolver.";
    with_fees: "Fees are refunded too.", "Los gastos también se devuelven.";
    without_fees: "Fees are kept.", "Los gastos no se devuelven.";
    limit: "Limit", "Límite";
    place: "Getting there", "Cómo llegar";
    map: "Show on a map", "Ver en un mapa";
    tickets: "Tickets", "Entradas";
    on_sale_now: "On sale now", "A la venta";
    sale_over: "The sale is over", "La venta ha terminado";
    local_time: "All times are those of the venue.", "Todas las horas son las de la sala.";
    by_api: "Buying is by the API for now.", "Por ahora se compra por la API.";
    see_api: "See how", "Ver cómo";
    to: "to", "a";
    back: "All events", "Todos los eventos";
}

impl Language {
    /// `157 events`.
    pub(crate) fn found(self, count: &str, one: bool) -> String {
        match (self, one) {
            (Self::En, true) => format!("{count} event"),
            (Self::En, false) => format!("{count} events"),
            (Self::Es, true) => format!("{count} evento"),
            (Self::Es, false) => format!("{count} eventos"),
        }
    }

    /// `Last 38 seats`.
    pub(crate) fn last(self, count: &str, one: bool) -> String {
        match (self, one) {
            (Self::En, true) => "Last seat".to_owned(),
            (Self::En, false) => format!("Last {count} seats"),
            (Self::Es, true) => "Último asiento".to_owned(),
            (Self::Es, false) => format!("Últimos {count} asientos"),
        }
    }

    /// `412 seats left`.
    pub(crate) fn left(self, count: &str) -> String {
        match self {
            Self::En => format!("{count} seats left"),
            Self::Es => format!("Quedan {count} asientos"),
        }
    }

    /// `On sale Fri 10:00`.
    pub(crate) fn on_sale_from(self, when: &str) -> String {
        match self {
            Self::En => format!("On sale {when}"),
            Self::Es => format!("A la venta: {when}"),
        }
    }

    /// `Six tickets a person.`
    pub(crate) fn per_person(self, count: u32) -> String {
        match (self, count) {
            (Self::En, 1) => "One ticket a person.".to_owned(),
            (Self::En, count) => format!("{count} tickets a person."),
            (Self::Es, 1) => "Una entrada por persona.".to_owned(),
            (Self::Es, count) => format!("{count} entradas por persona."),
        }
    }

    /// `Until 24 hours before the beginning.`
    pub(crate) fn returns_until(self, hours: u32) -> String {
        match self {
            Self::En => format!("Tickets can be given back until {hours} hours before the beginning."),
            Self::Es => format!("Se pueden devolver hasta {hours} horas antes del comienzo."),
        }
    }

    /// `Your seats are kept for 10 minutes.`
    pub(crate) fn kept_for(self, minutes: u32) -> String {
        match self {
            Self::En => format!("Your seats are kept for {minutes} minutes while you pay."),
            Self::Es => format!("Guardamos tus asientos {minutes} minutos mientras pagas."),
        }
    }
}
