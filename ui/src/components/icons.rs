//! Drawings, as the inside of an `svg` element.

/// A row of seats, one of them yours.
pub const LOGO: &str = concat!(
    r##"<g fill="currentColor"><circle cx="4" cy="5" r="3.2"/><circle cx="11" cy="12" r="3.2"/>"##,
    r##"<circle cx="27" cy="12" r="3.2"/><circle cx="34" cy="5" r="3.2"/></g>"##,
    r##"<rect x="14.2" y="10.4" width="9.6" height="9.6" rx="2.2" fill="#ffc21a" stroke="#14181f"/>"##,
);

/// Languages.
pub const GLOBE: &str = r##"<path d="M10 2.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15ZM2.5 10h15M10 2.5c4.5 4.5 4.5 10.5 0 15M10 2.5c-4.5 4.5-4.5 10.5 0 15"/>"##;

/// Search.
pub const FIND: &str = r##"<path d="M9 3.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11ZM13.2 13.2 17 17"/>"##;

/// A place on the map.
pub const PLACE: &str = r##"<path d="M10 17.5s5.5-5 5.5-9.2a5.5 5.5 0 1 0-11 0c0 4.2 5.5 9.2 5.5 9.2ZM10 6.4a2 2 0 1 0 0 4 2 2 0 0 0 0-4Z"/>"##;

/// There and back.
pub const RETURNS: &str = r##"<path d="M4 7h11l-3-3M16 13H5l3 3"/>"##;

/// People.
pub const LIMIT: &str = r##"<path d="M7.5 4a2.8 2.8 0 1 0 0 5.6A2.8 2.8 0 0 0 7.5 4ZM2 16c.5-3 2.7-4.3 5.5-4.3S12.5 13 13 16M13 4.3a2.7 2.7 0 0 1 0 5M15 12c1.7.6 2.7 2 3 4"/>"##;

/// A ticket.
pub const SEATS: &str = r##"<path d="M2.5 5.5h15v3a1.6 1.6 0 0 0 0 3.2v3h-15v-3a1.6 1.6 0 0 0 0-3.2ZM12 6v8"/>"##;

/// The house seen from the stage: the search is the stage.
pub const STAGE: &str = concat!(
    r##"<g fill="none" stroke="#3b4452" stroke-width="15" stroke-linecap="round">"##,
    r##"<circle cx="720" cy="-330" r="520" stroke-dasharray="0 26"/>"##,
    r##"<circle cx="720" cy="-330" r="562" stroke-dasharray="0 26"/>"##,
    r##"<circle cx="720" cy="-330" r="604" stroke-dasharray="0 26"/>"##,
    r##"<circle cx="720" cy="-330" r="646" stroke-dasharray="0 26"/>"##,
    r##"<circle cx="720" cy="-330" r="688" stroke-dasharray="0 26"/>"##,
    r##"<circle cx="720" cy="-330" r="730" stroke-dasharray="0 26"/>"##,
    r##"<circle cx="720" cy="-330" r="772" stroke-dasharray="0 26"/>"##,
    r##"<circle cx="720" cy="-330" r="814" stroke-dasharray="0 26"/>"##,
    r##"<circle cx="720" cy="-330" r="856" stroke-dasharray="0 26"/></g><g fill="#ffc21a">"##,
    r##"<rect x="644.0" y="176.7" width="18" height="18" rx="4"/>"##,
    r##"<rect x="888.7" y="194.2" width="18" height="18" rx="4"/>"##,
    r##"<rect x="863.8" y="201.8" width="18" height="18" rx="4"/>"##,
    r##"<rect x="494.7" y="224.9" width="18" height="18" rx="4"/>"##,
    r##"<rect x="988.4" y="244.4" width="18" height="18" rx="4"/>"##,
    r##"<rect x="673.7" y="348.0" width="18" height="18" rx="4"/>"##,
    r##"<rect x="647.8" y="346.1" width="18" height="18" rx="4"/>"##,
    r##"<rect x="410.9" y="326.4" width="18" height="18" rx="4"/>"##,
    r##"<rect x="805.4" y="427.2" width="18" height="18" rx="4"/>"##,
    r##"<rect x="779.6" y="429.9" width="18" height="18" rx="4"/>"##,
    r##"<rect x="1067.2" y="392.9" width="18" height="18" rx="4"/>"##,
    r##"<rect x="509.7" y="449.7" width="18" height="18" rx="4"/></g>"##,
);

/// Rows of empty seats.
pub const HOUSE: &str = concat!(
    r##"<circle cx="110.3" cy="13.1" r="4" fill="none" stroke="currentColor" stroke-width="1.5"/>"##,
    r##"<circle cx="102.8" cy="18.9" r="4" fill="none" stroke="currentColor" stroke-width="1.5"/>"##,
    r##"<circle cx="92.2" cy="22.7" r="4" fill="none" stroke="currentColor" stroke-width="1.5"/>"##,
    r##"<circle cx="80.0" cy="24.0" r="4" fill="none" stroke="currentColor" stroke-width="1.5"/>"##,
    r##"<circle cx="67.8" cy="22.7" r="4" fill="none" stroke="currentColor" stroke-width="1.5"/>"##,
    r##"<circle cx="57.2" cy="18.9" r="4" fill="none" stroke="currentColor" stroke-width="1.5"/>"##,
    r##"<circle cx="49.7" cy="13.1" r="4" fill="none" stroke="currentColor" stroke-width="1.5"/>"##,
    r##"<circle cx="126.3" cy="19.4" r="4" fill="none" stroke="currentColor" stroke-width="1.5"/>"##,
    r##"<circle cx="118.2" cy="27.1" r="4" fill="none" stroke="currentColor" stroke-width="1.5"/>"##,
    r##"<circle cx="107.2" cy="33.0" r="4" fill="none" stroke="currentColor" stroke-width="1.5"/>"##,
    r##"<circle cx="94.1" cy="36.7" r="4" fill="none" stroke="currentColor" stroke-width="1.5"/>"##,
    r##"<circle cx="80.0" cy="38.0" r="4" fill="none" stroke="currentColor" stroke-width="1.5"/>"##,
    r##"<circle cx="65.9" cy="36.7" r="4" fill="none" stroke="currentColor" stroke-width="1.5"/>"##,
    r##"<circle cx="52.8" cy="33.0" r="4" fill="none" stroke="currentColor" stroke-width="1.5"/>"##,
    r##"<circle cx="41.8" cy="27.1" r="4" fill="none" stroke="currentColor" stroke-width="1.5"/>"##,
    r##"<circle cx="33.7" cy="19.4" r="4" fill="none" stroke="currentColor" stroke-width="1.5"/>"##,
    r##"<circle cx="142.4" cy="25.8" r="4" fill="none" stroke="currentColor" stroke-width="1.5"/>"##,
    r##"<circle cx="133.9" cy="34.6" r="4" fill="none" stroke="currentColor" stroke-width="1.5"/>"##,
    r##"<circle cx="122.9" cy="41.9" r="4" fill="none" stroke="currentColor" stroke-width="1.5"/>"##,
    r##"<circle cx="109.8" cy="47.4" r="4" fill="none" stroke="currentColor" stroke-width="1.5"/>"##,
    r##"<circle cx="95.3" cy="50.8" r="4" fill="none" stroke="currentColor" stroke-width="1.5"/>"##,
    r##"<circle cx="80.0" cy="52.0" r="4" fill="none" stroke="currentColor" stroke-width="1.5"/>"##,
    r##"<circle cx="64.7" cy="50.8" r="4" fill="none" stroke="currentColor" stroke-width="1.5"/>"##,
    r##"<circle cx="50.2" cy="47.4" r="4" fill="none" stroke="currentColor" stroke-width="1.5"/>"##,
    r##"<circle cx="37.1" cy="41.9" r="4" fill="none" stroke="currentColor" stroke-width="1.5"/>"##,
    r##"<circle cx="26.1" cy="34.6" r="4" fill="none" stroke="currentColor" stroke-width="1.5"/>"##,
    r##"<circle cx="17.6" cy="25.8" r="4" fill="none" stroke="currentColor" stroke-width="1.5"/>"##,
);

/// An account.
pub const PERSON: &str =
    r##"<path d="M10 3a3.4 3.4 0 1 0 0 6.8A3.4 3.4 0 0 0 10 3ZM3.5 17c.6-3.4 3.2-5 6.5-5s5.9 1.6 6.5 5"/>"##;

/// Something to mend.
pub const ALERT: &str = r##"<path d="M10 2.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15ZM10 6v5M10 13.6v.2"/>"##;

/// The house from above, with one lit seat: beside forms.
pub const ROWS: &str = concat!(
    r##"<g fill="none" stroke="#3b4452" stroke-width="15" stroke-linecap="round">"##,
    r##"<circle cx="300" cy="-60" r="260" stroke-dasharray="0 26"/>"##,
    r##"<circle cx="300" cy="-60" r="306" stroke-dasharray="0 26"/>"##,
    r##"<circle cx="300" cy="-60" r="352" stroke-dasharray="0 26"/>"##,
    r##"<circle cx="300" cy="-60" r="398" stroke-dasharray="0 26"/>"##,
    r##"<circle cx="300" cy="-60" r="444" stroke-dasharray="0 26"/>"##,
    r##"<circle cx="300" cy="-60" r="490" stroke-dasharray="0 26"/>"##,
    r##"<circle cx="300" cy="-60" r="536" stroke-dasharray="0 26"/>"##,
    r##"<circle cx="300" cy="-60" r="582" stroke-dasharray="0 26"/>"##,
    r##"<circle cx="300" cy="-60" r="628" stroke-dasharray="0 26"/>"##,
    r##"<circle cx="300" cy="-60" r="674" stroke-dasharray="0 26"/>"##,
    r##"<circle cx="300" cy="-60" r="720" stroke-dasharray="0 26"/></g>"##,
    r##"<rect x="273.7" y="414" width="32" height="32" rx="8" fill="#ffc21a"/>"##,
);

/// A lock: paying.
pub const LOCK: &str = r##"<path d="M5 9h10v8H5ZM7 9V6.5a3 3 0 0 1 6 0V9"/>"##;

/// A card.
pub const CARD: &str = r##"<path d="M2.5 5h15v10.5h-15ZM2.5 8.5h15M5 12.5h3"/>"##;

/// A phone's wallet.
pub const WALLET: &str = r##"<path d="M3 6h14v10H3ZM3 6l10-3v3M13 11h4"/>"##;

/// A bank.
pub const BANK: &str = r##"<path d="M3 8l7-4.5L17 8ZM4.5 8v7M8 8v7M12 8v7M15.5 8v7M3 16.5h14"/>"##;

/// A clock: it takes a while.
pub const SLOW: &str = r##"<path d="M10 2.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15ZM10 5.5V10l3 2"/>"##;

/// A leaf of a calendar.
pub const CALENDAR: &str = r##"<path d="M3.5 5h13v12h-13ZM3.5 8.5h13M7 3v4M13 3v4"/>"##;

/// Done.
pub const TICK: &str = r##"<path d="M4 10.5 8 14.5 16.5 5.5"/>"##;

/// A printer.
pub const PRINTER: &str = r##"<path d="M5.5 8V3h9v5M5.5 13.5H3V8h14v5.5h-2.5M5.5 11.5h9V17h-9Z"/>"##;

/// Fewer.
pub const MINUS: &str = r##"<path d="M4.5 10h11"/>"##;

/// More.
pub const PLUS: &str = r##"<path d="M4.5 10h11M10 4.5v11"/>"##;
