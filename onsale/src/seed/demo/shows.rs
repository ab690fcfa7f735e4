//! What is on, by id and venue.

/// When a sale opens, counted from the sowing.
#[derive(Debug, Clone, Copy)]
pub(super) enum Opens {
    /// It has been open for so many days.
    DaysAgo(i64),
    /// In so many minutes.
    InMinutes(i64),
    /// In so many hours.
    InHours(i64),
    /// In so many days.
    InDays(i64),
}

/// An event.
pub(super) struct Show {
    pub id: &'static str,
    pub venue: &'static str,
    pub name: &'static str,
    pub kind: &'static str,
    pub text: &'static str,
    /// Days from the sowing.
    pub day: i64,
    /// The hour of the day over there.
    pub hour: i64,
    pub opens: Opens,
    /// Its prices, in hundredths of the venue's.
    pub level: i64,
    /// The most tickets an account may hold and own.
    pub limit: Option<u32>,
}

const fn show(id: &'static str, venue: &'static str, name: &'static str, kind: &'static str) -> Show {
    let (day, hour, opens, level) = (30, 20, Opens::DaysAgo(1), 100);
    Show { id, venue, name, kind, text: "", day, hour, opens, level, limit: None }
}

impl Show {
    const fn about(self, text: &'static str) -> Self {
        Self { text, ..self }
    }

    const fn at(self, day: i64, hour: i64) -> Self {
        Self { day, hour, ..self }
    }

    const fn sold(self, opens: Opens, level: i64, limit: u32) -> Self {
        Self { opens, level, limit: Some(limit), ..self }
    }
}

/// The season.
pub(super) const SHOWS: &[Show] = &[
    show("estadio-de-luz", "arena-manzanares", "Estadio de Luz: Gira Mundial", "concert")
        .about(
            "Three hours of anthems, lasers and a stage that walks into the crowd. The only night in Spain of \
             this world tour.",
        )
        .at(64, 21)
        .sold(Opens::DaysAgo(6), 140, 6),
    show("norte-sur-farewell", "arena-manzanares", "Norte y Sur — la despedida", "concert")
        .about(
            "After thirty years the duo says goodbye where it began: all the hits, all the friends, one last \
             encore.",
        )
        .at(92, 21)
        .sold(Opens::InHours(3), 150, 4),
    show("copa-ibera-final", "arena-manzanares", "Copa Ibera de Baloncesto: Final", "sport")
        .about("The two best clubs of the season play for the cup. Doors open two hours before the jump ball.")
        .at(41, 18)
        .sold(Opens::DaysAgo(20), 80, 8),
    show("hielo-y-fuego", "arena-manzanares", "Hielo y Fuego sobre patines", "family")
        .about("Skaters, acrobats and a dragon of light: an ice show for everybody from four to ninety-four.")
        .at(57, 12)
        .sold(Opens::InDays(2), 55, 10),
    show("bodas-de-sangre", "teatro-olivar", "Bodas de sangre", "theatre")
        .about(
            "García Lorca's tragedy of a bride, a horse and a moon that speaks, in a spare and burning new \
             staging.",
        )
        .at(18, 20)
        .sold(Opens::DaysAgo(30), 100, 10),
    show("la-vida-es-sueno", "teatro-olivar", "La vida es sueño", "theatre")
        .about("Calderón asks what is real, and a prince in a tower answers. With live percussion.")
        .at(33, 20)
        .sold(Opens::DaysAgo(12), 95, 10),
    show("el-mago-pop-up", "teatro-olivar", "Magia de bolsillo", "family")
        .about("Close magic made large: cards, coins and a borrowed shoe. Sundays before lunch.")
        .at(25, 12)
        .sold(Opens::DaysAgo(4), 70, 10),
    show("noche-flamenca", "teatro-olivar", "Noche flamenca: Raíces", "dance")
        .about("Guitar, voice, eight dancers and a wooden floor that answers back.")
        .at(46, 21)
        .sold(Opens::InMinutes(45), 110, 8),
    show("marea-alta", "sala-maritim", "Marea Alta + teloneros", "concert")
        .about("Indie pop from the harbour, with choruses as large as the sea. Standing concert.")
        .at(22, 21)
        .sold(Opens::DaysAgo(9), 100, 6),
    show("nit-electronica", "sala-maritim", "Nit Electrònica", "club")
        .about("Four producers, one room, until the first metro. Earplugs at the bar.")
        .at(29, 23)
        .sold(Opens::DaysAgo(2), 90, 8),
    show("rumba-sin-fin", "sala-maritim", "Rumba sin fin", "concert")
        .about("Catalan rumba with a brass section. Nobody stands still.")
        .at(36, 21)
        .sold(Opens::InHours(8), 85, 6),
    show("hip-hop-del-port", "sala-maritim", "Hip Hop del Port", "concert")
        .about("Beats, scratches and rhymes in three languages: six crews in one night.")
        .at(50, 22)
        .sold(Opens::DaysAgo(1), 80, 6),
    show("beethoven-9-barcelona", "auditori-drassanes", "Beethoven: Simfonia núm. 9", "classical")
        .about("The Ninth with two choirs and a young orchestra that plays it as if the ink were wet.")
        .at(40, 19)
        .sold(Opens::DaysAgo(15), 105, 8),
    show("cap-roig-piano", "auditori-drassanes", "Piano a mitjanit", "classical")
        .about("Satie, Mompou and Debussy by one pianist in one pool of light.")
        .at(27, 22)
        .sold(Opens::DaysAgo(5), 80, 8),
    show("carmen-concert", "auditori-drassanes", "Carmen, òpera en concert", "opera")
        .about("Bizet without scenery and with everything else: full orchestra, chorus and four great voices.")
        .at(71, 19)
        .sold(Opens::InDays(5), 130, 6),
    show("jazz-gran-reserva", "auditori-drassanes", "Gran Reserva Jazz Orchestra", "jazz")
        .about("Seventeen musicians swing through a century of big band.")
        .at(54, 21)
        .sold(Opens::DaysAgo(3), 75, 8),
    show("kaltstart", "kantine-am-kanal", "Kaltstart", "concert")
        .about("Post-punk aus Neukölln: drei Akkorde, zwei Trommeln, ein Megafon. The loudest hour of the week.")
        .at(15, 20)
        .sold(Opens::DaysAgo(11), 90, 4),
    show("stromkreis-night", "kantine-am-kanal", "Stromkreis: Techno im Kesselhaus", "club")
        .about("A long night between brick walls: four live sets and no phones on the floor.")
        .at(20, 23)
        .sold(Opens::DaysAgo(7), 100, 4),
    show("lesebuehne-kanal", "kantine-am-kanal", "Lesebühne am Kanal", "comedy")
        .about("Fünf Autorinnen lesen, was diese Woche schiefging. Very funny, mostly true.")
        .at(13, 20)
        .sold(Opens::DaysAgo(21), 60, 6),
    show("brahms-requiem", "philharmonie-am-park", "Brahms: Ein deutsches Requiem", "classical")
        .about("The great consolation, with a choir of one hundred and twenty.")
        .at(30, 20)
        .sold(Opens::DaysAgo(25), 100, 6),
    show("mahler-2-berlin", "philharmonie-am-park", "Mahler: Auferstehungssinfonie", "classical")
        .about("Ninety minutes from the grave to the heavens, with bells.")
        .at(60, 20)
        .sold(Opens::DaysAgo(8), 120, 6),
    show("dvorak-neue-welt", "philharmonie-am-park", "Dvořák: Aus der Neuen Welt", "classical")
        .about("The symphony that homesickness wrote, and the cello concerto before the interval.")
        .at(44, 20)
        .sold(Opens::InHours(20), 95, 6),
    show("familienkonzert-peter", "philharmonie-am-park", "Peter und der Wolf", "family")
        .about("Prokofjew für Kinder ab fünf: every animal is an instrument. One hour, no interval.")
        .at(35, 11)
        .sold(Opens::DaysAgo(14), 45, 10),
    show("trio-caveau", "cave-saint-paul", "Trio du Caveau", "jazz")
        .about("Piano, contrebasse, batterie, and ninety chairs under a medieval vault.")
        .at(10, 21)
        .sold(Opens::DaysAgo(16), 100, 4),
    show("manouche-saint-paul", "cave-saint-paul", "Soirée manouche", "jazz")
        .about("Two guitars and a violin, in the tradition of Django.")
        .at(17, 21)
        .sold(Opens::DaysAgo(10), 105, 4),
    show("chanson-oubliee", "cave-saint-paul", "Chansons oubliées", "concert")
        .about("Songs that Paris has forgotten, sung by someone who has not.")
        .at(24, 20)
        .sold(Opens::DaysAgo(2), 90, 4),
    show("le-misanthrope", "theatre-des-lilas", "Le Misanthrope", "theatre")
        .about("Molière in trainers: the man who cannot lie at a party where everyone does.")
        .at(21, 20)
        .sold(Opens::DaysAgo(28), 100, 8),
    show("cyrano-lilas", "theatre-des-lilas", "Cyrano de Bergerac", "theatre")
        .about("The nose, the balcony, the last letter. With sword fights and surtitles in English.")
        .at(48, 20)
        .sold(Opens::DaysAgo(6), 115, 8),
    show("cirque-minuscule", "theatre-des-lilas", "Le Cirque minuscule", "family")
        .about("Four acrobats, one suitcase. For small people and their parents.")
        .at(32, 15)
        .sold(Opens::DaysAgo(13), 60, 10),
    show("danse-etoiles", "theatre-des-lilas", "Étoiles: gala de danse", "dance")
        .about("Soloists of five companies for one evening of pas de deux.")
        .at(75, 20)
        .sold(Opens::InMinutes(90), 160, 4),
    show("vallenato-sinfonico", "coliseo-el-dorado", "Vallenato Sinfónico", "concert")
        .about("The accordion meets eighty strings: the great songs of the coast, arranged for orchestra.")
        .at(38, 20)
        .sold(Opens::DaysAgo(9), 100, 8),
    show("salsa-capital", "coliseo-el-dorado", "Salsa Capital: Festival", "concert")
        .about("Three orchestras from Cali, one dance floor at 2,600 metres.")
        .at(52, 19)
        .sold(Opens::DaysAgo(3), 110, 8),
    show("rock-en-la-altura", "coliseo-el-dorado", "Rock en la Altura", "concert")
        .about("Six bands from Bogotá, Lima and Mexico City. The loudest Saturday of the Andes.")
        .at(66, 16)
        .sold(Opens::InDays(1), 125, 6),
    show("lucha-dorada", "coliseo-el-dorado", "Lucha Dorada: Noche de Máscaras", "sport")
        .about("Masks, ropes and flying bodies: lucha libre with a brass band.")
        .at(28, 19)
        .sold(Opens::DaysAgo(18), 70, 10),
    show("hudson-new-year", "hudson-hall", "Gershwin at the Hudson", "classical")
        .about("Rhapsody in Blue with the clarinet that makes the whole hall grin.")
        .at(42, 19)
        .sold(Opens::DaysAgo(10), 100, 8),
    show("merry-messiah", "hudson-hall", "Messiah, sung by everyone", "classical")
        .about("Bring a score or borrow one: Handel with two thousand voices in the stalls.")
        .at(26, 15)
        .sold(Opens::DaysAgo(22), 70, 8),
    show("standup-marathon", "hudson-hall", "Stand-up Marathon", "comedy")
        .about("Twelve comics, ten minutes each, one gong.")
        .at(19, 20)
        .sold(Opens::DaysAgo(5), 85, 8),
    show("blue-hour-quintet", "hudson-hall", "The Blue Hour Quintet", "jazz")
        .about("Hard bop after dark: the quintet's first concert here since its record of the year.")
        .at(58, 20)
        .sold(Opens::InHours(5), 95, 6),
    show("hamlet-hudson", "hudson-hall", "Hamlet", "theatre")
        .about("One ghost, one skull and a court of spies. Two and a half hours that feel like one.")
        .at(80, 19)
        .sold(Opens::InDays(9), 120, 6),
    show("sumida-taiko", "sumida-hall", "墨田太鼓祭 Sumida Taiko Festival", "concert")
        .about("Drums as tall as houses: eight taiko ensembles from all over Japan.")
        .at(34, 18)
        .sold(Opens::DaysAgo(12), 100, 6),
    show("bach-tokyo", "sumida-hall", "バッハ：ロ短調ミサ Bach: Mass in B minor", "classical")
        .about("Bach's last great work, on period instruments.")
        .at(47, 19)
        .sold(Opens::DaysAgo(4), 110, 6),
    show("city-pop-revue", "sumida-hall", "City Pop Revue 東京", "concert")
        .about("Neon, slap bass and the songs of summer 1983, played by those who were there.")
        .at(61, 18)
        .sold(Opens::InMinutes(20), 120, 4),
    show("rakugo-evening", "sumida-hall", "落語の夕べ An Evening of Rakugo", "comedy")
        .about("One storyteller, one fan, one cushion. With English titles.")
        .at(23, 18)
        .sold(Opens::DaysAgo(17), 55, 6),
    show("fado-tejo", "teatro-do-tejo", "Fado à beira Tejo", "concert")
        .about("Saudade by candlelight: three voices and the Portuguese guitar.")
        .at(16, 21)
        .sold(Opens::DaysAgo(19), 100, 6),
    show("auto-da-barca", "teatro-do-tejo", "Auto da Barca do Inferno", "theatre")
        .about("Gil Vicente's ferry to hell takes on passengers of today.")
        .at(31, 21)
        .sold(Opens::DaysAgo(7), 80, 10),
    show("bossa-lisboa", "teatro-do-tejo", "Bossa Nova, Lisboa", "concert")
        .about("Jobim and João Gilberto, whispered across the ocean.")
        .at(45, 21)
        .sold(Opens::InDays(3), 95, 6),
    show("marionetas-lisboa", "teatro-do-tejo", "Marionetas de Lisboa", "family")
        .about("Puppets carved from old fishing boats tell the story of the city. Sundays at four.")
        .at(37, 16)
        .sold(Opens::DaysAgo(8), 60, 10),
];
