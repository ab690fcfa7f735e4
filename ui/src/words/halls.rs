//! Halls: the list of them, and the editor in which they are drawn.

use super::{plural, words};
use crate::format::count;
use crate::language::Language;
use onsale_core::hall::{Problem, ProblemKind};

words! {
    halls: "Halls", "Salas";
    hall_editor: "Seat plan", "Plano de asientos";
    halls_of_yours: "Your halls", "Tus salas";
    halls_lede: "Draw a hall once, publish it, and use it for as many events as you like. What is published never changes: a new version leaves sold seats as they are.", "Dibuja una sala una vez, publícala y úsala en todos los eventos que quieras. Lo publicado no cambia nunca: una versión nueva deja como están los asientos vendidos.";
    hall_new: "New hall", "Nueva sala";
    hall_name: "Name of the hall", "Nombre de la sala";
    hall_draw: "Draw it", "Dibujarla";
    hall_bring: "Bring in a file", "Traer un archivo";
    hall_bring_hint: "A pretix seating plan (.json) or a list of seats (.csv)", "Un plano de pretix (.json) o una lista de asientos (.csv)";
    hall_none_here: "No hall yet.", "Aún no hay salas.";
    hall_not_published: "not published yet", "sin publicar";
    hall_no_venues: "No venues yet", "Aún no hay recintos";
    hall_no_venues_more: "Add the place first, then draw its halls.", "Añade primero el recinto y después dibuja sus salas.";
    hall_add_venue: "Add a venue", "Añadir un recinto";
    hall_venue_name: "Name", "Nombre";
    hall_venue_city: "City", "Ciudad";
    hall_venue_country: "Country, two letters", "País, dos letras";
    hall_venue_zone: "Time zone", "Zona horaria";
    hall_venue_latitude: "Latitude, degrees north", "Latitud, grados norte";
    hall_venue_longitude: "Longitude, degrees east", "Longitud, grados este";
    hall_add: "Add", "Añadir";
    hall_missing: "There is no such hall of yours", "No tienes ninguna sala así";
    hall_all: "All your halls", "Todas tus salas";
    hall_tools: "Drawing tools", "Herramientas de dibujo";
    hall_properties: "Properties", "Propiedades";
    hall_tool_select: "Select (V)", "Seleccionar (V)";
    hall_tool_seats: "Choose seats (P)", "Elegir asientos (P)";
    hall_tool_block: "Straight block (R)", "Bloque recto (R)";
    hall_tool_curved: "Curved block (C)", "Bloque curvo (C)";
    hall_tool_standing: "Standing area (S)", "Zona de pie (S)";
    hall_tool_stage: "Stage (G)", "Escenario (G)";
    hall_tool_label: "Label (L)", "Texto (L)";
    hall_undo: "Undo (Ctrl Z)", "Deshacer (Ctrl Z)";
    hall_redo: "Redo (Ctrl Y)", "Rehacer (Ctrl Y)";
    hall_copy: "Copy (Ctrl D)", "Copiar (Ctrl D)";
    hall_mirror: "Mirror (M)", "Reflejar (M)";
    hall_delete: "Delete (Del)", "Eliminar (Supr)";
    hall_board: "The hall. Draw with a tool and the mouse, or press Enter to put it in the middle. Arrow keys move what is selected, or go from seat to seat with the seat tool; N and B go to the next part and back.", "La sala. Dibuja con una herramienta y el ratón, o pulsa Intro para ponerla en el centro. Las flechas mueven lo seleccionado, o van de asiento en asiento con la herramienta de asientos; N y B van a la parte siguiente y a la anterior.";
    hall_saving: "saving…", "guardando…";
    hall_unsaved: "not saved: we go on trying", "sin guardar: seguimos intentándolo";
    hall_stale: "This hall was changed in another tab or by somebody else. Load it again to go on; what you drew since then is not saved.", "Esta sala se ha cambiado en otra pestaña o por otra persona. Vuelve a cargarla para seguir; lo que has dibujado desde entonces no se ha guardado.";
    hall_refused: "This cannot be saved", "Esto no se puede guardar";
    hall_load_again: "Load again", "Volver a cargar";
    hall_publish: "Publish", "Publicar";
    hall_mend_first: "Fix before you publish", "Corrige antes de publicar";
    hall_all_good: "Nothing to fix", "Nada que corregir";
    hall_sold_keep: "Seats already sold keep their numbers whatever you change.", "Los asientos ya vendidos conservan su número cambies lo que cambies.";
    hall_rows: "Rows", "Filas";
    hall_seats_in_row: "Seats in a row", "Asientos por fila";
    hall_more_per_row: "More per row", "Más por fila";
    hall_curve: "Curve", "Curva";
    hall_spacing: "Between seats", "Entre asientos";
    hall_depth: "Between rows", "Entre filas";
    hall_turn: "Turned by, degrees", "Girado, grados";
    hall_numbers: "Numbers begin", "Los números empiezan";
    hall_from_left: "left", "izquierda";
    hall_from_right: "right", "derecha";
    hall_from_centre: "centre", "centro";
    hall_step: "Numbers run", "Los números van";
    hall_first_number: "First number", "Primer número";
    hall_row_labels: "Rows are called", "Las filas se llaman";
    hall_first_row: "First row", "Primera fila";
    hall_from_back: "Rows are counted from the back", "Las filas se cuentan desde el fondo";
    hall_aisles: "Aisles after seat", "Pasillos tras el asiento";
    hall_aisles_hint: "From the left, such as 8, 16", "Desde la izquierda, p. ej. 8, 16";
    hall_price: "Price category", "Categoría de precio";
    hall_categories: "Price categories", "Categorías de precio";
    hall_category_new: "Another category", "Otra categoría";
    hall_capacity: "How many people", "Cuántas personas";
    hall_width: "Width", "Anchura";
    hall_height: "Depth", "Fondo";
    hall_text: "Text", "Texto";
    hall_letter_height: "Height of the letters", "Altura de las letras";
    hall_part_name: "Name, over the door", "Nombre, sobre la puerta";
    hall_choose_seats: "Choose seats by number", "Elegir asientos por número";
    hall_choose_row: "Row", "Fila";
    hall_choose_from: "From seat", "Del asiento";
    hall_choose_to: "To seat", "Al asiento";
    hall_choose: "Choose", "Elegir";
    hall_step_free: "Step-free", "Sin escalones";
    hall_companion: "Companion seat", "Acompañante";
    hall_restricted: "Restricted view, said before buying", "Visibilidad reducida, se avisa antes de comprar";
    hall_remove_seats: "Remove these seats", "Quitar estos asientos";
    hall_unchoose: "Done", "Hecho";
    hall_outline: "Outline", "Partes";
    hall_stage_word: "Stage", "Escenario";
    hall_standing_word: "Standing area", "Zona de pie";
    hall_label_word: "Label", "Texto";
    hall_block_word: "Block", "Bloque";
    hall_nothing: "Nothing is selected. Take a tool and drag over the floor, or press a part.", "No hay nada seleccionado. Toma una herramienta y arrastra por el suelo, o pulsa una parte.";
    hall_take_away: "Take elsewhere", "Llevar a otro programa";
    hall_as_pretix: "pretix plan (.json)", "Plano de pretix (.json)";
    hall_as_csv: "Seats (.csv)", "Asientos (.csv)";
    hall_unreadable: "This file cannot be read", "Este archivo no se puede leer";
}

impl Language {
    /// `1,242 seats`.
    pub fn hall_seats(self, seats: usize) -> String {
        let number = i64::try_from(seats).unwrap_or(i64::MAX);
        match self {
            Self::En => format!("{} {}", count(self, number), plural(number, "seat", "seats")),
            Self::Es => format!("{} {}", count(self, number), plural(number, "asiento", "asientos")),
        }
    }

    /// `14 step-free`.
    pub fn hall_step_free_count(self, seats: usize) -> String {
        let number = count(self, i64::try_from(seats).unwrap_or(i64::MAX));
        match self {
            Self::En => format!("{number} step-free"),
            Self::Es => format!("{number} sin escalones"),
        }
    }

    /// `Stalls selected`.
    pub fn hall_selected(self, what: &str) -> String {
        match self {
            Self::En => format!("{what} selected"),
            Self::Es => format!("{what}: selección"),
        }
    }

    /// `3 parts`.
    pub fn hall_parts(self, parts: usize) -> String {
        let number = i64::try_from(parts).unwrap_or(i64::MAX);
        match self {
            Self::En => format!("{} {}", count(self, number), plural(number, "part", "parts")),
            Self::Es => format!("{} {}", count(self, number), plural(number, "parte", "partes")),
        }
    }

    /// `12 seats chosen`.
    pub fn hall_chosen(self, seats: usize) -> String {
        let number = i64::try_from(seats).unwrap_or(i64::MAX);
        match self {
            Self::En => format!("{} chosen", self.hall_seats(seats)),
            Self::Es => {
                format!("{} {}", self.hall_seats(seats), plural(number, "elegido", "elegidos"))
            }
        }
    }

    /// `Version 7, draft · saved 13:01`.
    pub fn hall_state(self, version: i32, saved: &str) -> String {
        match self {
            Self::En => format!("Version {version}, draft · {saved}"),
            Self::Es => format!("Versión {version}, borrador · {saved}"),
        }
    }

    /// `saved 13:01`.
    pub fn hall_saved(self, time: &str) -> String {
        match self {
            Self::En => format!("saved {time}"),
            Self::Es => format!("guardado {time}"),
        }
    }

    /// `version 7`.
    pub fn hall_version(self, version: i32) -> String {
        match self {
            Self::En => format!("version {version}"),
            Self::Es => format!("versión {version}"),
        }
    }

    /// `Version 7 is published.`
    pub fn hall_published(self, version: i32) -> String {
        match self {
            Self::En => {
                format!("Version {version} is published: events can use it. Events with an earlier one keep it.")
            }
            Self::Es => {
                format!(
                    "La versión {version} está publicada: los eventos pueden usarla. Los que tienen una anterior la conservan."
                )
            }
        }
    }

    /// `2 to fix`.
    pub fn hall_to_fix(self, problems: usize) -> String {
        match self {
            Self::En => format!("{problems} to fix"),
            Self::Es => format!("{problems} por corregir"),
        }
    }

    /// A seat as it is spoken.
    pub fn hall_seat(self, part: &str, row: &str, column: &str, category: &str) -> String {
        match self {
            Self::En => format!("{part}, row {row}, seat {column}, {category}"),
            Self::Es => format!("{part}, fila {row}, asiento {column}, {category}"),
        }
    }

    /// What is to be mended, and where.
    pub fn hall_problem(self, problem: &Problem, part: &str) -> String {
        let Problem { kind, row, about, count, .. } = problem;
        let seats = self.hall_seats(*count);
        let (english, spanish) = match kind {
            ProblemKind::Empty => (
                "Draw a block of seats or a standing area.".to_owned(),
                "Dibuja un bloque de asientos o una zona de pie.".to_owned(),
            ),
            ProblemKind::TooManySeats => (
                format!("{seats} are more than a hall may have."),
                format!("{seats} son más de los que puede tener una sala."),
            ),
            ProblemKind::CategoryTwice => (
                format!("Two price categories are called {about}."),
                format!("Dos categorías de precio se llaman {about}."),
            ),
            ProblemKind::Unnamed => ("A block has no name.".to_owned(), "Un bloque no tiene nombre.".to_owned()),
            ProblemKind::NumberTwice => (
                format!("{part}, row {row}: number {about} is there twice."),
                format!("{part}, fila {row}: el número {about} está dos veces."),
            ),
            ProblemKind::IdTwice => (
                format!("{part}: the seat id {about} is there twice."),
                format!("{part}: el identificador {about} está dos veces."),
            ),
            ProblemKind::BadId => (
                format!("{part}: {about} cannot be a seat's id. Copy the part and delete this one to give new ids."),
                format!("{part}: {about} no puede ser un identificador. Copia la parte y elimina esta para dar otros."),
            ),
            ProblemKind::Unnumbered => {
                (format!("{part}: {seats} without a row or number."), format!("{part}: {seats} sin fila o número."))
            }
            ProblemKind::NoCategory => (
                format!("{part}: {seats} without a price category."),
                format!("{part}: {seats} sin categoría de precio."),
            ),
            ProblemKind::UnknownCategory => (
                format!("{part}: {seats} of the category {about}, which is not there."),
                format!("{part}: {seats} de la categoría {about}, que no existe."),
            ),
            ProblemKind::Overlap => (
                format!("{part}, from row {row} on: {seats} lie on others."),
                format!("{part}, desde la fila {row}: {seats} encima de otros."),
            ),
            ProblemKind::NoCapacity => (
                format!("{part}: say how many people may stand there."),
                format!("{part}: di cuántas personas caben de pie."),
            ),
        };
        match self {
            Self::En => english,
            Self::Es => spanish,
        }
    }
}
