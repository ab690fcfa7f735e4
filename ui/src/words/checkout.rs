//! Paying for a hold.

use super::{plural, words};
use crate::language::Language;

words! {
    checkout_title: "Pay", "Pagar";
    step_seats: "Seats", "Asientos";
    step_tickets: "Tickets", "Entradas";
    step_pay: "Pay", "Pago";
    steps: "Steps", "Pasos";
    your_order: "Your order", "Tu pedido";
    how_to_pay: "How you want to pay", "Cómo quieres pagar";
    demo_cards: "This is a demonstration: no money moves. Choose what the bank shall do.", "Esto es una demostración: no se mueve dinero. Elige qué debe hacer el banco.";
    card_good: "Card that works", "Tarjeta que funciona";
    card_good_more: "The bank says yes at once.", "El banco acepta al momento.";
    card_declined: "Card that is declined", "Tarjeta rechazada";
    card_declined_more: "The bank says no: not enough funds.", "El banco dice que no: falta saldo.";
    card_redirect: "Card that the bank asks about", "Tarjeta que el banco comprueba";
    card_redirect_more: "You approve it on the bank’s page and come back.", "La apruebas en la página del banco y vuelves.";
    card_slow: "Card of a slow bank", "Tarjeta de un banco lento";
    card: "Card", "Tarjeta";
    card_more: "You enter it on our payment partner’s page. We never see the number.", "La escribes en la página de nuestra pasarela de pago. Nunca vemos el número.";
    wallet: "Phone wallet", "Monedero del móvil";
    wallet_more: "Confirm with your face, finger or code.", "Confirma con la cara, el dedo o el código.";
    bank_transfer: "Bank transfer", "Transferencia bancaria";
    bank_transfer_more: "You send the money from your bank; your places are kept until it arrives.", "Envías el dinero desde tu banco; tus plazas se guardan hasta que llegue.";
    promo_code: "Promo code", "Código de promoción";
    if_you_have_one: "(if you have one)", "(si tienes uno)";
    apply: "Apply", "Aplicar";
    applying: "Applying…", "Aplicando…";
    remove: "Remove", "Quitar";
    enter_promo: "Enter the code first", "Escribe primero el código";
    promo_invalid: "This code is not good for this event, or is used up. Enter another one, or pay without.", "Este código no vale para este evento o ya se ha agotado. Escribe otro o paga sin él.";
    promo_applied: "The code is in the price.", "El código está en el precio.";
    promo_removed: "The code is out of the price.", "El código ya no está en el precio.";
    paying: "Paying…", "Pagando…";
    price_seen: "The price you saw when you chose. Nothing is added.", "El precio que viste al elegir. No se añade nada.";
    service_fee: "Service fee", "Gastos de gestión";
    change_seats: "Change seats", "Cambiar asientos";
    change_tickets: "Change tickets", "Cambiar entradas";
    give_up: "Give them back", "Devolverlos";
    giving_up: "Giving back…", "Devolviendo…";
    gave_up: "You gave these back. You were not charged.", "Los has devuelto. No se te ha cobrado.";
    gave_up_title: "Nothing is held", "No hay nada reservado";
    declined_title: "Your bank said no. You have not been charged.", "Tu banco lo ha rechazado. No se te ha cobrado.";
    try_another: "Try another card or another way to pay.", "Prueba con otra tarjeta u otra forma de pago.";
    reason_funds: "The bank gave the reason: not enough funds.", "El banco da el motivo: falta saldo.";
    reason_expired: "The bank gave the reason: the card has expired.", "El banco da el motivo: la tarjeta ha caducado.";
    reason_code: "The bank gave the reason: the security code is wrong.", "El banco da el motivo: el código de seguridad no es correcto.";
    reason_unapproved: "It was not approved on the bank’s page.", "No se aprobó en la página del banco.";
    price_changed_title: "The price has changed", "El precio ha cambiado";
    price_changed: "You have not been charged. Look at the new price below, then pay if it suits you.", "No se te ha cobrado. Mira el precio nuevo abajo y paga si te conviene.";
    unknown_title: "No answer came yet", "Aún no hay respuesta";
    unknown: "We do not know yet whether the payment went through. Ask again: it is the same payment, you are never charged twice.", "Aún no sabemos si el pago se hizo. Pregunta otra vez: es el mismo pago, nunca se te cobra dos veces.";
    ask_once_more: "Ask again", "Preguntar otra vez";
    not_paid_title: "This could not be paid", "No se ha podido pagar";
    bank_title: "The bank is deciding", "El banco está decidiendo";
    bank_close: "You can close this page. It shows the outcome by itself.", "Puedes cerrar esta página. Mostrará el resultado por sí sola.";
    at_bank_title: "Approve the payment at your bank", "Aprueba el pago en tu banco";
    go_to_bank: "Go on to the bank’s page", "Ir a la página del banco";
    leaving_for_bank: "Going to the bank’s page…", "Yendo a la página del banco…";
    transfer_title: "Send the money by bank transfer", "Envía el dinero por transferencia";
    transfer_what: "What to write on it", "Qué escribir en ella";
    transfer_holder: "Account holder", "Titular de la cuenta";
    transfer_reference: "Reference", "Concepto";
    transfer_amount: "Amount", "Importe";
    transfer_exact: "Write the reference exactly as it stands here: by it your money is known.", "Escribe el concepto tal como está aquí: por él se reconoce tu dinero.";
    transfer_page: "The same on our payment partner’s page", "Lo mismo en la página de nuestra pasarela de pago";
    transfer_close: "You can close this page: you find it again among your tickets.", "Puedes cerrar esta página: la encuentras en tus entradas.";
    cancel_order: "Cancel the order", "Cancelar el pedido";
    cancelling: "Cancelling…", "Cancelando…";
    time_out_title: "Your time ran out", "Se acabó el tiempo";
    same_seats: "Try the same seats", "Probar los mismos asientos";
    same_tickets: "Try the same again", "Probar lo mismo otra vez";
    holding_again: "Holding…", "Reservando…";
    back_to_map: "Back to the map", "Volver al plano";
    back_to_event: "Back to the event", "Volver al evento";
    same_gone: "They are gone by now. Choose others.", "Ya no están libres. Elige otros.";
    sign_in_to_pay: "Sign in to pay", "Entra para pagar";
    hold_missing_title: "No such hold", "No existe esta reserva";
    hold_missing: "It may be another account’s, or the address is mistyped. You were not charged here.", "Puede ser de otra cuenta, o la dirección está mal escrita. Aquí no se te ha cobrado.";
    pay_here: "Paying happens here", "Aquí se paga";
}

impl Language {
    /// `Pay for 2 seats`, or for tickets where there are no seats.
    pub fn pay_for(self, count: i64, seats: bool) -> String {
        let thing = match (self, seats) {
            (Self::En, true) => plural(count, "seat", "seats"),
            (Self::En, false) => plural(count, "ticket", "tickets"),
            (Self::Es, true) => plural(count, "asiento", "asientos"),
            (Self::Es, false) => plural(count, "entrada", "entradas"),
        };
        match self {
            Self::En => format!("Pay for {count} {thing}"),
            Self::Es => format!("Paga {count} {thing}"),
        }
    }

    /// `Pay €231.00`.
    pub fn pay_amount(self, amount: &str) -> String {
        match self {
            Self::En => format!("Pay {amount}"),
            Self::Es => format!("Pagar {amount}"),
        }
    }

    /// What stands before the time left.
    pub fn pay_clock(self, seats: bool) -> &'static str {
        match (self, seats) {
            (Self::En, true) => "Your seats are kept for",
            (Self::En, false) => "Your tickets are kept for",
            (Self::Es, true) => "Guardamos tus asientos",
            (Self::Es, false) => "Guardamos tus entradas",
        }
    }

    /// The last sentence of [`Language::declined`]; it stands apart, since its clock runs.
    pub fn still_yours(self, left: &str, seats: bool) -> String {
        match (self, seats) {
            (Self::En, true) => format!("Your seats are still yours for {left}."),
            (Self::En, false) => format!("Your tickets are still yours for {left}."),
            (Self::Es, true) => format!("Tus asientos siguen siendo tuyos {left}."),
            (Self::Es, false) => format!("Tus entradas siguen siendo tuyas {left}."),
        }
    }

    /// What the sandbox's slow bank does.
    pub fn card_slow_more(self, seats: bool) -> &'static str {
        match (self, seats) {
            (Self::En, true) => "The bank takes its time; your seats stay kept.",
            (Self::En, false) => "The bank takes its time; your tickets stay kept.",
            (Self::Es, true) => "El banco se toma su tiempo; tus asientos siguen guardados.",
            (Self::Es, false) => "El banco se toma su tiempo; tus entradas siguen guardadas.",
        }
    }

    /// What to do at the bank's page.
    pub fn at_bank(self, seats: bool) -> &'static str {
        match (self, seats) {
            (Self::En, true) => {
                "Your bank wants to be sure that it is you. Go on to its page, approve, and come back here. Your seats stay kept."
            }
            (Self::En, false) => {
                "Your bank wants to be sure that it is you. Go on to its page, approve, and come back here. Your tickets stay kept."
            }
            (Self::Es, true) => {
                "Tu banco quiere asegurarse de que eres tú. Ve a su página, aprueba el pago y vuelve aquí. Tus asientos siguen guardados."
            }
            (Self::Es, false) => {
                "Tu banco quiere asegurarse de que eres tú. Ve a su página, aprueba el pago y vuelve aquí. Tus entradas siguen guardadas."
            }
        }
    }

    /// Until when a transfer must have arrived.
    pub fn transfer_until(self, moment: &str) -> String {
        match self {
            Self::En => format!("Your places are kept for you. The money must have arrived by {moment}."),
            Self::Es => format!("Guardamos tus plazas. El dinero debe llegar antes del {moment}."),
        }
    }

    /// `Code WELCOME10`.
    pub fn promo_line(self, code: &str) -> String {
        match self {
            Self::En => format!("Code {code}"),
            Self::Es => format!("Código {code}"),
        }
    }

    /// `The tickets go to name@example.com.`
    pub fn sent_to(self, email: &str) -> String {
        match self {
            Self::En => format!("We write to {email}."),
            Self::Es => format!("Te escribimos a {email}."),
        }
    }

    /// Why the bank said no, where it may be told: of a lost or stolen card, whoever has it learns nothing.
    pub fn decline_reason(self, code: &str) -> Option<&'static str> {
        match code {
            "insufficient_funds" => Some(self.reason_funds()),
            "expired_card" => Some(self.reason_expired()),
            "incorrect_cvc" => Some(self.reason_code()),
            "payment_intent_authentication_failure" => Some(self.reason_unapproved()),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_decline_says_what_the_design_says() {
        for language in [Language::En, Language::Es] {
            let apart = format!("{} {}", language.declined_title(), language.still_yours("6:12", true));
            assert_eq!(apart, language.declined("6:12"));
        }
    }

    #[test]
    fn counts_know_their_plurals() {
        assert_eq!(Language::En.pay_for(1, true), "Pay for 1 seat");
        assert_eq!(Language::Es.pay_for(2, true), "Paga 2 asientos");
        assert_eq!(Language::Es.pay_for(1, false), "Paga 1 entrada");
        assert_eq!(Language::Es.still_yours("6:12", false), "Tus entradas siguen siendo tuyas 6:12.");
        assert_eq!(Language::En.pay_amount("€231.00"), "Pay €231.00");
    }

    #[test]
    fn a_stolen_card_is_not_told_to_whoever_has_it() {
        assert!(Language::En.decline_reason("stolen_card").is_none());
        assert!(Language::Es.decline_reason("insufficient_funds").is_some());
    }
}
