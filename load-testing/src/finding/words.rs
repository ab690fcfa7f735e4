//! What names are made of.

/// A city with its country, place and time zone.
pub(super) struct City {
    pub name: &'static str,
    pub country: &'static str,
    pub zone: &'static str,
    pub latitude: f64,
    pub longitude: f64,
}

const fn city(name: &'static str, country: &'static str, zone: &'static str, latitude: f64, longitude: f64) -> City {
    City { name, country, zone, latitude, longitude }
}

/// Where venues are.
pub(super) const CITIES: &[City] = &[
    city("Madrid", "ES", "Europe/Madrid", 40.4168, -3.7038),
    city("Barcelona", "ES", "Europe/Madrid", 41.3874, 2.1686),
    city("Málaga", "ES", "Europe/Madrid", 36.7213, -4.4214),
    city("Córdoba", "ES", "Europe/Madrid", 37.8882, -4.7794),
    city("León", "ES", "Europe/Madrid", 42.5987, -5.5671),
    city("Cádiz", "ES", "Europe/Madrid", 36.5271, -6.2886),
    city("Bogotá", "CO", "America/Bogota", 4.711, -74.0721),
    city("Medellín", "CO", "America/Bogota", 6.2442, -75.5812),
    city("Cartagena", "CO", "America/Bogota", 10.391, -75.4794),
    city("Quito", "EC", "America/Guayaquil", -0.1807, -78.4678),
    city("Lima", "PE", "America/Lima", -12.0464, -77.0428),
    city("Santiago", "CL", "America/Santiago", -33.4489, -70.6693),
    city("Valparaíso", "CL", "America/Santiago", -33.0472, -71.6127),
    city("Montevideo", "UY", "America/Montevideo", -34.9011, -56.1645),
    city("Guadalajara", "MX", "America/Mexico_City", 20.6597, -103.3496),
    city("Mérida", "MX", "America/Merida", 20.9674, -89.5926),
    city("Oslo", "NO", "Europe/Oslo", 59.9139, 10.7522),
    city("Tromsø", "NO", "Europe/Oslo", 69.6492, 18.9553),
    city("Łódź", "PL", "Europe/Warsaw", 51.7592, 19.456),
    city("Kraków", "PL", "Europe/Warsaw", 50.0647, 19.945),
    city("Zürich", "CH", "Europe/Zurich", 47.3769, 8.5417),
    city("Genève", "CH", "Europe/Zurich", 46.2044, 6.1432),
    city("Düsseldorf", "DE", "Europe/Berlin", 51.2277, 6.7735),
    city("Dresden", "DE", "Europe/Berlin", 51.0504, 13.7373),
    city("Orléans", "FR", "Europe/Paris", 47.903, 1.9093),
    city("Nantes", "FR", "Europe/Paris", 47.2184, -1.5536),
    city("Bristol", "GB", "Europe/London", 51.4545, -2.5879),
    city("Glasgow", "GB", "Europe/London", 55.8642, -4.2518),
    city("São Paulo", "BR", "America/Sao_Paulo", -23.5558, -46.6396),
    city("Curitiba", "BR", "America/Sao_Paulo", -25.4284, -49.2733),
];

/// First names of those who play alone.
pub(super) const FIRST: &[&str] = &[
    "Marta",
    "Mario",
    "José",
    "Inés",
    "Andrés",
    "Lucía",
    "Lucas",
    "Elena",
    "Helena",
    "Carla",
    "Carlos",
    "Sofía",
    "Tomás",
    "Valentina",
    "Joaquín",
    "Ángela",
    "Rubén",
    "Noemí",
    "Óscar",
    "Irene",
    "Agnès",
    "Élodie",
    "Björn",
    "Søren",
    "Zoë",
    "Jürgen",
    "Nina",
    "Nico",
    "Paula",
    "Pablo",
    "Diego",
    "Bruno",
    "Brenda",
    "Amélie",
    "Anouk",
    "Hélène",
    "Ximena",
    "Renata",
    "Rafael",
    "Samuel",
];

/// Last names of those who play alone.
pub(super) const LAST: &[&str] = &[
    "Ríos",
    "Rivas",
    "Núñez",
    "Ibáñez",
    "Castaño",
    "Castillo",
    "Valdés",
    "Valverde",
    "Herrera",
    "Ferrer",
    "Quiroga",
    "Müller",
    "Möller",
    "Keller",
    "Lindström",
    "Sandberg",
    "Dvořák",
    "Novák",
    "Kowalska",
    "Wójcik",
    "Beaumont",
    "Lefèvre",
    "Garnier",
    "Okafor",
    "Mbeki",
    "Tanaka",
    "Moreau",
    "Fontaine",
    "Sørensen",
    "Holm",
    "Bianchi",
    "Romano",
    "Pizarro",
    "Zamora",
    "Zapata",
    "Arango",
    "Restrepo",
    "Villalobos",
    "Echeverría",
    "Gallagher",
];

/// What bands are called, two words of these.
pub(super) const BAND: &[&str] = &[
    "Velvet",
    "Crimson",
    "Silent",
    "Electric",
    "Golden",
    "Broken",
    "Midnight",
    "Paper",
    "Stereo",
    "Cosmic",
    "Neon",
    "Hollow",
    "Wandering",
    "Burning",
    "Frozen",
    "Distant",
    "Lonely",
    "Savage",
    "Marble",
    "Copper",
];

/// And one of these.
pub(super) const BANDS: &[&str] = &[
    "Foxes",
    "Lanterns",
    "Harbour",
    "Orchard",
    "Machines",
    "Sparrows",
    "Satellites",
    "Mountains",
    "Rivers",
    "Echoes",
    "Tigers",
    "Pilots",
    "Gardens",
    "Shadows",
    "Arcade",
    "Horizon",
    "Engines",
    "Wolves",
    "Islands",
    "Parade",
];

/// What plays, shows and works are called: the first part.
pub(super) const PLAY: &[&str] = &[
    "The Secret",
    "The Last",
    "A Winter",
    "La Última",
    "El Jardín",
    "The Drowned",
    "Una Noche",
    "The Glass",
    "El Sueño",
    "The Forgotten",
    "La Canción",
    "A Distant",
];

/// And the second.
pub(super) const PLAYS: &[&str] = &[
    "Cathedral",
    "Lighthouse",
    "Carpenter",
    "Orchestra",
    "Telegram",
    "Labyrinth",
    "Cartographer",
    "Nightingale",
    "Mariposa",
    "Frontera",
    "Tormenta",
    "Almanac",
    "Violin",
    "Emperor",
    "Gardener",
    "Kingdom",
];

/// What tours are called.
pub(super) const TOUR: &[&str] =
    &["World Tour", "Acoustic", "Live", "Unplugged", "Anniversary Tour", "Farewell Tour", "Gira 2099", "Greatest Hits"];

/// What venues are.
pub(super) const HALL: &[&str] =
    &["Teatro", "Palacio", "Arena", "Sala", "Auditorio", "Club", "Estadio", "Coliseo", "Ateneo", "Pabellón"];

/// And whose name they bear.
pub(super) const HALLS: &[&str] = &[
    "Cervantes",
    "Colón",
    "Vistalegre",
    "Apolo",
    "Galileo",
    "Goya",
    "Bolívar",
    "Alhambra",
    "Mirador",
    "Esperanza",
    "Tívoli",
    "Olympia",
    "Rivadavia",
    "Monumental",
    "Nacional",
    "Independencia",
    "Calderón",
    "Lope de Vega",
    "Ópera",
    "San Martín",
];

/// Kinds of events, and how people ask for them, also in another language.
pub(super) const KINDS: &[(&str, &[&str])] = &[
    ("concert", &["concert", "concierto", "gig"]),
    ("theatre", &["theatre", "teatro", "theater"]),
    ("classical", &["classical", "clásica"]),
    ("comedy", &["comedy", "comedia"]),
    ("dance", &["dance", "danza", "baile"]),
    ("festival", &["festival"]),
];
