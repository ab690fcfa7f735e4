//! Bank transfers: the provider gives an account and a reference for each attempt, and takes the money when it arrives
//! (<https://docs.stripe.com/payments/bank-transfers>). Nothing is reserved before, so there is nothing to capture.

use super::Stripe;
use super::wire;
use crate::provider::{Attempt, Intent, ProviderError};
use serde::Deserialize;

#[derive(Debug, Deserialize)]
struct Customer {
    id: String,
}

impl Stripe {
    /// Asks for instructions for an attempt, under its id. A customer of its own keeps its money from any other's.
    pub(super) async fn open_transfer(&self, attempt: &Attempt<'_>) -> Result<Intent, ProviderError> {
        let (amount, currency) = wire::amount(attempt.amount);
        let (key, order) = (attempt.id.to_string(), attempt.order_id.to_string());
        let described = [("description", attempt.description), ("metadata[order_id]", order.as_str())];
        let customer: Customer =
            self.post("open_customer", "/v1/customers", &format!("{key}-customer"), &described).await?;
        let form = [
            ("amount", amount.as_str()),
            ("currency", currency.as_str()),
            ("customer", customer.id.as_str()),
            ("confirm", "true"),
            ("payment_method_types[]", "customer_balance"),
            ("payment_method_data[type]", "customer_balance"),
            ("payment_method_options[customer_balance][funding_type]", "bank_transfer"),
            ("payment_method_options[customer_balance][bank_transfer][type]", "eu_bank_transfer"),
            (
                "payment_method_options[customer_balance][bank_transfer][eu_bank_transfer][country]",
                self.config.transfer_country.as_str(),
            ),
            ("description", attempt.description),
            ("metadata[payment_id]", key.as_str()),
            ("metadata[order_id]", order.as_str()),
        ];
        self.post::<wire::Intent>("authorise", "/v1/payment_intents", &key, &form).await?.read()
    }
}
