//! What each test token does: Stripe's own (<https://docs.stripe.com/testing>), and two of ours.

/// What a means of payment does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Card {
    Succeeds,
    Declines(Decline),
    /// The payer has to approve on the hosted page.
    Redirects,
    /// The payer sends the money from a bank, days later.
    Transfers,
    /// Succeeds, but only after a while.
    Slow,
    /// Succeeds at once, and answers only after a while.
    SlowAnswer,
}

/// The means of payment of a bank transfer.
pub(super) const TRANSFER: &str = "customer_balance";

/// How a card is declined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Decline {
    pub(super) code: &'static str,
    /// Only where the code is `card_declined`.
    pub(super) decline_code: Option<&'static str>,
    pub(super) message: &'static str,
}

/// The payer pressed Decline on the hosted page.
pub(super) const NOT_APPROVED: Decline = Decline {
    code: "payment_intent_authentication_failure",
    decline_code: None,
    message: "The payer did not approve the payment.",
};

const DECLINES: &[(&str, Decline)] = &[
    ("pm_card_chargeDeclined", declined("generic_decline", "Your card was declined.")),
    ("pm_card_visa_chargeDeclined", declined("generic_decline", "Your card was declined.")),
    ("pm_card_chargeDeclinedInsufficientFunds", declined("insufficient_funds", "Your card has insufficient funds.")),
    (
        "pm_card_visa_chargeDeclinedInsufficientFunds",
        declined("insufficient_funds", "Your card has insufficient funds."),
    ),
    ("pm_card_chargeDeclinedLostCard", declined("lost_card", "Your card was declined.")),
    ("pm_card_chargeDeclinedStolenCard", declined("stolen_card", "Your card was declined.")),
    ("pm_card_chargeDeclinedExpiredCard", other("expired_card", "Your card has expired.")),
    ("pm_card_chargeDeclinedIncorrectCvc", other("incorrect_cvc", "Your card's security code is incorrect.")),
    (
        "pm_card_chargeDeclinedProcessingError",
        other("processing_error", "An error occurred while processing the card."),
    ),
];

const fn declined(decline_code: &'static str, message: &'static str) -> Decline {
    Decline { code: "card_declined", decline_code: Some(decline_code), message }
}

const fn other(code: &'static str, message: &'static str) -> Decline {
    Decline { code, decline_code: None, message }
}

impl Card {
    /// The card of a token, if there is such a token.
    pub(super) fn of_token(token: &str) -> Option<Self> {
        match token {
            "pm_card_visa" | "pm_card_visa_debit" | "pm_card_mastercard" | "pm_card_amex" | "pm_card_discover"
            | "pm_card_jcb" | "pm_card_de" | "pm_card_us" | "pm_card_gb" | "pm_card_jp" => Some(Self::Succeeds),
            "pm_card_authenticationRequired" | "pm_card_threeDSecure2Required" => Some(Self::Redirects),
            "pm_sandbox_slow" => Some(Self::Slow),
            "pm_sandbox_timeout_after_effect" => Some(Self::SlowAnswer),
            token => DECLINES.iter().find(|(known, _)| *known == token).map(|(_, decline)| Self::Declines(*decline)),
        }
    }
}

impl Decline {
    /// The word that the ledger keeps.
    pub(super) fn word(self) -> &'static str {
        self.decline_code.unwrap_or(self.code)
    }

    /// The decline of a word that the ledger kept.
    pub(super) fn of_word(word: &str) -> Self {
        DECLINES
            .iter()
            .map(|(_, decline)| *decline)
            .chain([NOT_APPROVED])
            .find(|decline| decline.word() == word)
            .unwrap_or(declined("generic_decline", "Your card was declined."))
    }
}
