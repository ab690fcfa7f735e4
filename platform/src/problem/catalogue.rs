//! Every problem there is, by its stable word: what `/problems/{code}` explains.

/// A problem explained.
#[derive(Debug, Clone, Copy)]
pub struct Explanation {
    /// The stable word.
    pub code: &'static str,
    /// The problem in a few words.
    pub title: &'static str,
    /// What it means and what to do.
    pub remedy: &'static str,
}

const fn problem(code: &'static str, title: &'static str, remedy: &'static str) -> Explanation {
    Explanation { code, title, remedy }
}

/// All problems, sorted by their words.
pub const CATALOGUE: &[Explanation] = &[
    problem("body_too_large", "The body is too large", "Send at most 64 KiB; plans may have 8 MiB."),
    problem(
        "challenge_required",
        "A challenge is to be solved first",
        "Solve the challenge and join again with it and its nonce; or sign in and join without one.",
    ),
    problem("email_taken", "The address has an account", "Sign in, or ask for a new password."),
    problem("forbidden", "Not allowed", "Use an account or an API key that has the role or scope the call needs."),
    problem("hold_expired", "The hold ended", "Nothing was charged. Reserve again."),
    problem("id_taken", "The id is taken", "Choose another id, or leave it out to be given one."),
    problem(
        "idempotency_key_reused",
        "The key was used for another request",
        "Use a new Idempotency-Key for each new request.",
    ),
    problem("in_progress", "The first request with this key is still running", "Ask again in a moment."),
    problem("internal", "Our fault", "Try again; if it stays, report the traceId."),
    problem("invalid", "Some fields are not right", "See errors: each names a field and what to do."),
    problem(
        "invalid_code",
        "The code is wrong",
        "Each code works once, for 30 seconds: send the next one of your device.",
    ),
    problem("invalid_credentials", "Address or password is wrong", "Check both; or ask for a new password."),
    problem("limit_reached", "The limit per person is reached", "Release or cancel tickets before taking more."),
    problem("malformed", "The request cannot be read", "See errors for the place; check the JSON and the types."),
    problem("method_not_allowed", "The method is not known here", "See the Allow header for the ones that are."),
    problem(
        "no_adjacent_seats",
        "Not so many seats side by side",
        "Ask for fewer, another category, or choose on the map.",
    ),
    problem("not_admitted", "Not admitted yet", "Join the waiting room and come with the admission token."),
    problem("not_cancellable", "It cannot be cancelled", "See the cancel quote for what the event's policy allows."),
    problem("not_found", "Not there", "Check the id. What is another's is not there either."),
    problem("not_on_sale", "Not on sale", "See the event for when its sale is open."),
    problem("not_owed", "Nothing is owed", "Only an order that was sold by invoice can be marked as paid."),
    problem(
        "other_address",
        "The invitation is for another address",
        "Sign in with the account of the address that was invited.",
    ),
    problem(
        "password_too_common",
        "The password is too common",
        "Choose one that is not on the list of common passwords.",
    ),
    problem("password_too_short", "The password is too short", "Use at least 8 characters."),
    problem(
        "payment_declined",
        "The payment was declined",
        "Nothing was charged and the hold stays: try another means of payment.",
    ),
    problem("payment_in_progress", "The hold is being paid", "Wait for the order's outcome before changing the hold."),
    problem("price_changed", "The price is another one", "Look at the hold again and confirm its new total."),
    problem(
        "promo_code_invalid",
        "The promo code cannot be used",
        "Check the code; it may be used up or out of its time.",
    ),
    problem("queue_closed", "The line is closed", "Nobody can join it any more; see the event for what is left."),
    problem("queue_not_open", "The waiting room is not open yet", "See opensAt for when it opens, and join then."),
    problem("rate_limited", "Too many requests", "Wait for Retry-After seconds."),
    problem(
        "seats_unavailable",
        "Seats are gone",
        "See seats for the ones that are taken; nothing is held. Choose others.",
    ),
    problem(
        "second_factor_required",
        "A code is needed as well",
        "Send the code that your device shows, or a recovery code, as code.",
    ),
    problem("signature_invalid", "The signature is not right", "Sign the raw body with the endpoint's secret."),
    problem("state_conflict", "Not possible in this state", "Look at the object again."),
    problem("tickets_unavailable", "Not so many tickets left", "Ask for fewer, or another type."),
    problem("timeout", "It took too long", "The outcome is not known: ask again by the same key."),
    problem("token_reused", "The refresh token was used before", "Sign in again."),
    problem("unauthenticated", "Not signed in", "Send a good access token as Authorization: Bearer."),
    problem("unavailable", "Not available just now", "Wait for Retry-After seconds."),
    problem("unsupported_media_type", "Not JSON", "Send Content-Type: application/json."),
    problem("version_conflict", "Somebody else changed it", "Load it again and repeat the change."),
];

/// The explanation of a problem, if there is such a problem.
#[must_use]
pub fn explain(code: &str) -> Option<&'static Explanation> {
    CATALOGUE.iter().find(|known| known.code == code)
}
