//! Why a check of a line did not come out well. In English these are core's own words, as the command says them.

use crate::format::count;
use crate::language::Language;
use onsale_core::lineup::proof::{Awaited, Fault, Missed};

impl Language {
    /// Why a check did not come out well.
    pub fn missed(self, why: Missed) -> String {
        match (self, why) {
            (Self::En, why) => why.to_string(),
            (Self::Es, Missed::Open(awaited)) => spanish_awaited(awaited).to_owned(),
            (Self::Es, Missed::Failed(fault)) => spanish_fault(fault),
        }
    }
}

fn spanish_awaited(awaited: Awaited) -> &'static str {
    match awaited {
        Awaited::List => "La lista se publica al acabar la antesala.",
        Awaited::Secret => "El secreto se revela una vez publicada la lista.",
        Awaited::Entries => "El documento no contiene las entradas: añádelas desde /proof/entries.",
        Awaited::Receipt => "El documento no contiene ningún recibo: pide la prueba con tu sitio en la fila.",
        Awaited::Shuffle => "No hubo sorteo: todos los sitios son el orden de llegada.",
        Awaited::Head => "Aún no se ha publicado ninguna cabeza.",
        Awaited::Randomness => {
            "No se usó azar de fuera: quien conociera el secreto podría haber dirigido los sitios con una última entrada."
        }
        Awaited::EarlierEntry => "Llegaste después de la antesala: tu entrada no está en su lista.",
        Awaited::NextHead => "Tu entrada se muestra con la próxima cabeza que se publique.",
        Awaited::Way => "El documento no contiene el camino hasta la raíz.",
        Awaited::Places => "Aún no hay sitios.",
    }
}

fn spanish_fault(fault: Fault) -> String {
    let told = |number: u32| count(Language::Es, i64::from(number));
    let text = match fault {
        Fault::ListIsShort { count, shown } => {
            return format!("La lista tiene {count} entradas y se muestran {shown}.");
        }
        Fault::OtherHead { count } => {
            return format!("Las primeras {} entradas no llevan a la cabeza que se publicó para ellas.", told(count));
        }
        Fault::FewerEntries { count } => {
            return format!("Se publicaron {} entradas y se muestran menos.", told(count));
        }
        Fault::Twice(entry) => return format!("La entrada {entry} está dos veces en la fila."),
        Fault::EntryIsMissing { position } => return format!("Falta tu entrada, la número {}.", told(position)),
        Fault::OtherEntry { position } => return format!("La número {} no es tu entrada.", told(position)),
        Fault::NotIncluded { position } => {
            return format!("Tu entrada no está en la lista con el número {}.", told(position));
        }
        Fault::NotByJoining { place, position } => {
            return format!("Tu sitio es el {}, y por orden de llegada es el {}.", told(place), told(position));
        }
        Fault::NotByShuffle { place } => return format!("Por el sorteo, tu sitio no es el {}.", told(place)),
        Fault::OtherSecret => "El secreto no es el que se selló antes de que entrara nadie.",
        Fault::HeadsShrink => "Las cabezas publicadas no solo crecen.",
        Fault::TwoHeads => "Se publicaron dos cabezas para el mismo número de entradas.",
        Fault::OtherListHead => "La cabeza de la lista no es la que se publicó.",
        Fault::HeadsBeyondList => "Antes de acabar la antesala se publicaron más entradas de las que hay en la lista.",
        Fault::OtherRoot => "Las entradas no tienen la raíz que se publicó para ellas.",
        Fault::FrozenEarly => "La lista se cerró antes del comienzo.",
        Fault::RevealedEarly => "El secreto se reveló antes de publicar la lista.",
        Fault::OtherRandomness => "El azar no es el resumen de la firma de drand.",
        Fault::OtherRound => "La ronda de drand no es la primera después de publicar la lista.",
        Fault::OtherReceiptHead => "La cabeza de tu recibo no es la que se publicó para tu número.",
        Fault::OtherEntriesBefore => "Las entradas delante de la tuya no son las de tu recibo.",
        Fault::NotSigned => "Tu recibo no está firmado con la clave del vendedor.",
    };
    text.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_has_the_same_numbers_in_both_languages() {
        let why = Missed::Failed(Fault::NotByJoining { place: 12, position: 7 });
        let (english, spanish) = (Language::En.missed(why), Language::Es.missed(why));
        assert_eq!(english, "Your place is 12, and by the order of joining it is 7.");
        assert_eq!(spanish, "Tu sitio es el 12, y por orden de llegada es el 7.");
        let open = Missed::Open(Awaited::Places);
        assert_ne!(Language::En.missed(open), Language::Es.missed(open));
    }
}
