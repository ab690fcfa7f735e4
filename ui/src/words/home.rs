//! The home page.

use super::{plural, words};
use crate::language::Language;
use crate::when::When;

words! {
    home_title: "Events · Onsale", "Eventos · Onsale";
    hero: "A seat with your name on it.", "Un asiento con tu nombre.";
    lede: "No price you have not seen, no seat sold twice.", "Ningún precio que no hayas visto, ningún asiento vendido dos veces.";
    what: "What", "Qué";
    what_hint: "Artist, show, team or venue", "Artista, espectáculo, equipo o sala";
    where_: "Where", "Dónde";
    any_city: "Any city", "Cualquier ciudad";
    when: "When", "Cuándo";
    any_date: "Any date", "Cualquier fecha";
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
    sold_out: "Sold out", "Agotado";
    all_held: "All held just now", "Todo reservado ahora";
    cancelled: "Cancelled", "Cancelado";
    many: "Many tickets", "Muchas entradas";
    local_time: "All times are those of the venue.", "Todas las horas son las de la sala.";
    search_failed: "The search did not answer. Press Search to try again.", "La búsqueda no respondió. Pulsa Buscar para probar otra vez.";
    how_to_look: "List or calendar", "Lista o calendario";
    as_list: "List", "Lista";
    as_calendar: "Calendar", "Calendario";
    month_before: "Month before", "Mes anterior";
    month_after: "Month after", "Mes siguiente";
    calendar_is_full: "More is on in this month than is shown here: narrow the search.", "Este mes hay más de lo que se muestra: acota la búsqueda.";
}

impl Language {
    /// `This weekend`.
    pub fn when_of(self, when: When) -> &'static str {
        match (self, when) {
            (Self::En, When::Weekend) => "This weekend",
            (Self::En, When::Week) => "Next 7 days",
            (Self::En, When::Month) => "Next 30 days",
            (Self::Es, When::Weekend) => "Este fin de semana",
            (Self::Es, When::Week) => "Próximos 7 días",
            (Self::Es, When::Month) => "Próximos 30 días",
        }
    }

    /// `Theatre`, for the words that organisers use most; another one as it was written.
    pub fn kind_of_event(self, kind: &str) -> String {
        let (en, es) = match kind {
            "classical" => ("Classical", "Clásica"),
            "club" => ("Club nights", "Noches de club"),
            "comedy" => ("Comedy", "Humor"),
            "concert" => ("Concerts", "Conciertos"),
            "dance" => ("Dance", "Danza"),
            "family" => ("Family", "En familia"),
            "festival" => ("Festivals", "Festivales"),
            "jazz" => ("Jazz", "Jazz"),
            "musical" => ("Musicals", "Musicales"),
            "opera" => ("Opera", "Ópera"),
            "sport" => ("Sport", "Deporte"),
            "theatre" => ("Theatre", "Teatro"),
            other => (other, other),
        };
        match self {
            Self::En => en.to_owned(),
            Self::Es => es.to_owned(),
        }
    }

    /// `Events in Cádiz`.
    pub fn events_in(self, city: &str) -> String {
        match self {
            Self::En => format!("Events in {city}"),
            Self::Es => format!("Eventos en {city}"),
        }
    }

    /// `157 events`.
    pub fn found(self, count: &str, number: i64) -> String {
        let events = match self {
            Self::En => plural(number, "event", "events"),
            Self::Es => plural(number, "evento", "eventos"),
        };
        format!("{count} {events}")
    }

    /// `Last 38 tickets`: the same word for seats and for standing, since lists do not say which.
    pub fn last(self, count: &str, number: i64) -> String {
        match (self, number) {
            (Self::En, 1) => "Last ticket".to_owned(),
            (Self::En, _) => format!("Last {count} tickets"),
            (Self::Es, 1) => "Última entrada".to_owned(),
            (Self::Es, _) => format!("Últimas {count} entradas"),
        }
    }

    /// `412 tickets left`.
    pub fn left(self, count: &str) -> String {
        match self {
            Self::En => format!("{count} tickets left"),
            Self::Es => format!("Quedan {count} entradas"),
        }
    }

    /// `On sale Fri 10:00`.
    pub fn on_sale_from(self, when: &str) -> String {
        match self {
            Self::En => format!("On sale {when}"),
            Self::Es => format!("A la venta: {when}"),
        }
    }
}
