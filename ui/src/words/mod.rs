//! What the pages say, in both languages side by side, so that neither is forgotten: a file a part of the house.
//!
//! A text is a method of [`Language`]: `language.sign_in()`. One with a count or a name in it is a method with
//! arguments, and knows its plurals. The sentences of the design's table are in [`sale`], word for word.

mod account;
mod audit;
mod checkout;
mod control;
mod counter;
mod editing;
mod event;
mod faults;
mod forms;
mod frame;
mod gate;
mod halls;
mod home;
mod line;
mod missed;
mod orders;
mod organiser;
mod picker;
mod proof;
mod sale;
mod seats;
mod security;
mod settings;
mod staff;

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

/// Texts without a variable part: `name: "English", "Español";`.
macro_rules! words {
    ($($name:ident: $en:literal, $es:literal;)*) => {
        impl Language {
            $(
                #[doc = $en]
                pub fn $name(self) -> &'static str {
                    match self {
                        Self::En => $en,
                        Self::Es => $es,
                    }
                }
            )*
        }
    };
}

use words;

/// One form for one, another for all other counts: that is all that these two languages need.
fn plural<'a>(count: i64, one: &'a str, other: &'a str) -> &'a str {
    if count == 1 { one } else { other }
}
