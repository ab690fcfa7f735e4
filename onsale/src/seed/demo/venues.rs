//! Twelve venues in eight cities, from a cellar of 90 to an arena of 20,000.

use super::super::plans::{Block, Hall, Ring};

/// A venue with its hall and what its places cost when `Show::level` is 100.
pub(super) struct Place {
    pub id: &'static str,
    pub name: &'static str,
    pub city: &'static str,
    pub country: &'static str,
    pub time_zone: &'static str,
    /// In winter; enough for a plausible hour.
    pub utc_offset_hours: i64,
    pub latitude: f64,
    pub longitude: f64,
    pub hall: Hall,
    /// Category, what buyers read, face value in minor units.
    pub categories: &'static [(&'static str, &'static str, i64)],
    /// Standing places and their face value in minor units.
    pub standing: Option<(u32, i64)>,
}

const fn block(name: &'static str, category: &'static str, rows: u32, seats_per_row: u32, curve: u16) -> Block {
    Block { name, category, rows, seats_per_row, curve, aisles_after: &[], accessible: 0 }
}

/// 20,000 seats: 4,000 + 7,000 + 9,000.
const GREAT_ARENA: &[Ring] = &[
    Ring { first: 101, category: "LOWER", blocks: 20, rows: 10, seats_per_row: 20, radius: 450 },
    Ring { first: 201, category: "MIDDLE", blocks: 20, rows: 14, seats_per_row: 25, radius: 570 },
    Ring { first: 301, category: "UPPER", blocks: 20, rows: 15, seats_per_row: 30, radius: 730 },
];

/// 6,240 seats beside a floor.
const COLISEO: &[Ring] = &[
    Ring { first: 101, category: "PLATEA", blocks: 12, rows: 10, seats_per_row: 22, radius: 320 },
    Ring { first: 201, category: "GRADERIA", blocks: 12, rows: 12, seats_per_row: 25, radius: 430 },
];

const OLIVAR: &[Block] = &[
    Block { aisles_after: &[8, 20], accessible: 3, ..block("Patio de butacas", "PATIO", 18, 28, 70) },
    Block { aisles_after: &[10, 20], ..block("Primer anfiteatro", "ANFITEATRO", 9, 30, 85) },
    Block { aisles_after: &[15], ..block("Paraíso", "PARAISO", 7, 30, 100) },
];

const DRASSANES: &[Block] = &[
    Block { aisles_after: &[10, 26], accessible: 4, ..block("Platea", "A", 22, 36, 60) },
    Block { aisles_after: &[10, 28], ..block("Platea alta", "B", 16, 38, 70) },
    Block { aisles_after: &[20], ..block("Galeria", "C", 14, 40, 80) },
];

const PHILHARMONIE: &[Block] = &[
    Block { aisles_after: &[12, 24], accessible: 4, ..block("Parkett", "PARKETT", 20, 36, 80) },
    Block { aisles_after: &[13, 27], ..block("Hochparkett", "HOCHPARKETT", 15, 40, 110) },
    Block { aisles_after: &[15, 30], ..block("Rang", "RANG", 18, 45, 150) },
];

/// Ninety seats: nine rows of ten around a small stage.
const CAVE: &[Block] = &[Block { aisles_after: &[5], accessible: 1, ..block("Cave", "CAVE", 9, 10, 40) }];

const LILAS: &[Block] = &[
    Block { aisles_after: &[7, 17], accessible: 2, ..block("Orchestre", "ORCHESTRE", 16, 24, 60) },
    Block { aisles_after: &[13], ..block("Corbeille", "CORBEILLE", 8, 26, 90) },
    Block { aisles_after: &[14], ..block("Balcon", "BALCON", 8, 28, 110) },
];

const HUDSON: &[Block] = &[
    Block { aisles_after: &[14, 28], accessible: 4, ..block("Orchestra", "ORCHESTRA", 26, 42, 65) },
    Block { aisles_after: &[14, 28], ..block("Mezzanine", "MEZZANINE", 16, 42, 80) },
    Block { aisles_after: &[15, 30], ..block("Balcony", "BALCONY", 16, 45, 95) },
];

const SUMIDA: &[Block] = &[
    Block { aisles_after: &[10, 26], accessible: 4, ..block("1階席", "S", 24, 36, 50) },
    Block { aisles_after: &[10, 26], ..block("2階席", "A", 14, 36, 60) },
    Block { aisles_after: &[18], ..block("3階席", "B", 12, 36, 70) },
];

const TEJO: &[Block] = &[
    Block { aisles_after: &[11], accessible: 2, ..block("Plateia", "PLATEIA", 16, 22, 50) },
    Block { aisles_after: &[12], ..block("Balcão", "BALCAO", 14, 24, 80) },
];

/// The venues.
pub(super) const VENUES: &[Place] = &[
    Place {
        id: "arena-manzanares",
        name: "Arena Manzanares",
        city: "Madrid",
        country: "ES",
        time_zone: "Europe/Madrid",
        utc_offset_hours: 1,
        latitude: 40.4017,
        longitude: -3.7206,
        hall: Hall::Arena(GREAT_ARENA),
        categories: &[("LOWER", "Lower ring", 9_500), ("MIDDLE", "Middle ring", 6_500), ("UPPER", "Upper ring", 3_900)],
        standing: None,
    },
    Place {
        id: "teatro-olivar",
        name: "Teatro del Olivar",
        city: "Madrid",
        country: "ES",
        time_zone: "Europe/Madrid",
        utc_offset_hours: 1,
        latitude: 40.4118,
        longitude: -3.7003,
        hall: Hall::Blocks(OLIVAR),
        categories: &[
            ("PATIO", "Patio de butacas", 4_200),
            ("ANFITEATRO", "Anfiteatro", 3_000),
            ("PARAISO", "Paraíso", 1_600),
        ],
        standing: None,
    },
    Place {
        id: "sala-maritim",
        name: "Sala Marítim",
        city: "Barcelona",
        country: "ES",
        time_zone: "Europe/Madrid",
        utc_offset_hours: 1,
        latitude: 41.3983,
        longitude: 2.2001,
        hall: Hall::Standing,
        categories: &[],
        standing: Some((800, 2_400)),
    },
    Place {
        id: "auditori-drassanes",
        name: "Auditori de les Drassanes",
        city: "Barcelona",
        country: "ES",
        time_zone: "Europe/Madrid",
        utc_offset_hours: 1,
        latitude: 41.3755,
        longitude: 2.1758,
        hall: Hall::Blocks(DRASSANES),
        categories: &[("A", "Platea", 5_800), ("B", "Platea alta", 4_400), ("C", "Galeria", 2_600)],
        standing: None,
    },
    Place {
        id: "kantine-am-kanal",
        name: "Kantine am Kanal",
        city: "Berlin",
        country: "DE",
        time_zone: "Europe/Berlin",
        utc_offset_hours: 1,
        latitude: 52.4957,
        longitude: 13.4236,
        hall: Hall::Standing,
        categories: &[],
        standing: Some((600, 2_200)),
    },
    Place {
        id: "philharmonie-am-park",
        name: "Philharmonie am Park",
        city: "Berlin",
        country: "DE",
        time_zone: "Europe/Berlin",
        utc_offset_hours: 1,
        latitude: 52.5145,
        longitude: 13.3501,
        hall: Hall::Blocks(PHILHARMONIE),
        categories: &[("PARKETT", "Parkett", 7_200), ("HOCHPARKETT", "Hochparkett", 5_400), ("RANG", "Rang", 2_800)],
        standing: None,
    },
    Place {
        id: "cave-saint-paul",
        name: "Cave Saint-Paul",
        city: "Paris",
        country: "FR",
        time_zone: "Europe/Paris",
        utc_offset_hours: 1,
        latitude: 48.8549,
        longitude: 2.3616,
        hall: Hall::Blocks(CAVE),
        categories: &[("CAVE", "Place assise", 2_500)],
        standing: None,
    },
    Place {
        id: "theatre-des-lilas",
        name: "Théâtre des Lilas",
        city: "Paris",
        country: "FR",
        time_zone: "Europe/Paris",
        utc_offset_hours: 1,
        latitude: 48.8789,
        longitude: 2.4031,
        hall: Hall::Blocks(LILAS),
        categories: &[
            ("ORCHESTRE", "Orchestre", 4_800),
            ("CORBEILLE", "Corbeille", 3_900),
            ("BALCON", "Balcon", 2_200),
        ],
        standing: None,
    },
    Place {
        id: "coliseo-el-dorado",
        name: "Coliseo El Dorado",
        city: "Bogotá",
        country: "CO",
        time_zone: "America/Bogota",
        utc_offset_hours: -5,
        latitude: 4.6486,
        longitude: -74.0775,
        hall: Hall::Arena(COLISEO),
        categories: &[("PLATEA", "Platea", 28_000_000), ("GRADERIA", "Gradería", 14_000_000)],
        standing: Some((2_500, 20_000_000)),
    },
    Place {
        id: "hudson-hall",
        name: "Hudson Hall",
        city: "New York",
        country: "US",
        time_zone: "America/New_York",
        utc_offset_hours: -5,
        latitude: 40.7545,
        longitude: -74.0025,
        hall: Hall::Blocks(HUDSON),
        categories: &[
            ("ORCHESTRA", "Orchestra", 11_900),
            ("MEZZANINE", "Mezzanine", 8_900),
            ("BALCONY", "Balcony", 4_900),
        ],
        standing: None,
    },
    Place {
        id: "sumida-hall",
        name: "墨田ホール Sumida Hall",
        city: "Tokyo",
        country: "JP",
        time_zone: "Asia/Tokyo",
        utc_offset_hours: 9,
        latitude: 35.7101,
        longitude: 139.8107,
        hall: Hall::Blocks(SUMIDA),
        categories: &[("S", "S席", 9_800), ("A", "A席", 7_800), ("B", "B席", 5_500)],
        standing: None,
    },
    Place {
        id: "teatro-do-tejo",
        name: "Teatro do Tejo",
        city: "Lisbon",
        country: "PT",
        time_zone: "Europe/Lisbon",
        utc_offset_hours: 0,
        latitude: 38.7071,
        longitude: -9.1355,
        hall: Hall::Blocks(TEJO),
        categories: &[("PLATEIA", "Plateia", 3_200), ("BALCAO", "Balcão", 2_100)],
        standing: None,
    },
];
