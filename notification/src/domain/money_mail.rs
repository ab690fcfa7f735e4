//! Mails about an order's money.

use super::layout::{Block, Content};
use super::moments::moment_there;
use super::order_facts::{EventFacts, OrderFacts};
use super::order_mail::{event, prices};
use super::{Language, Mail, Reader};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use onsale_core::Money;
use onsale_core::api::booking::TransferInstructions;

/// So much of the order was given back.
#[must_use]
pub fn payment_refunded(reader: Reader<'_>, facts: &OrderFacts, amount: Money) -> Mail {
    let number = &facts.order.order_number;
    let sum = reader.language.money(amount);
    let first = match reader.language {
        Language::English => format!("We sent {sum} back to you, the way you paid."),
        Language::Spanish => format!("Te hemos devuelto {sum} por el mismo medio de pago."),
    };
    let (button, url) = facts.button(&reader);
    Content {
        reader,
        subject: format!("{}: {sum} ({number})", reader.language.pick("Refund", "Reembolso")),
        preview: first.clone(),
        number: Some(number),
        title: match reader.language {
            Language::English => format!("{sum} are on their way back"),
            Language::Spanish => format!("{sum} vuelven a ti"),
        },
        blocks: vec![
            Block::Paragraph(first),
            event(&reader, facts),
            Block::Paragraph(reader.say(
                "Banks take a few days, mostly three to five, until it shows in your account. You need not do anything.",
                "Los bancos tardan unos días, casi siempre de tres a cinco, hasta que aparece en tu cuenta. No hace falta que hagas nada.",
            )),
            Block::Button(button, url),
        ],
    }
    .mail()
}

/// A payment did not work; nothing was charged.
#[must_use]
pub fn payment_problem(reader: Reader<'_>, facts: &OrderFacts) -> Mail {
    let number = &facts.order.order_number;
    let first = reader.say(
        "Your payment did not go through. You have not been charged.",
        "Tu pago no se ha completado. No se te ha cobrado.",
    );
    Content {
        reader,
        subject: format!(
            "{}: {} ({number})",
            reader.language.pick("Payment not completed", "Pago no completado"),
            facts.event_name()
        ),
        preview: first.clone(),
        number: Some(number),
        title: reader.say("Your payment did not go through", "Tu pago no se ha completado"),
        blocks: vec![
            Block::Paragraph(first),
            event(&reader, facts),
            prices(&reader, facts, reader.say("What you pay", "Lo que pagas")),
            Block::Notes {
                title: reader.say("What to do next", "Qué hacer ahora"),
                notes: vec![reader.say(
                    "While your places are held you can pay again, with another card or another way. After that they are back on sale, and you can choose again.",
                    "Mientras tus plazas estén guardadas puedes volver a pagar, con otra tarjeta o de otra forma. Después vuelven a la venta y puedes elegir de nuevo.",
                )],
            },
            Block::Button(
                reader.say("Go on", "Seguir"),
                format!("{}/checkout/{}", reader.public_url, facts.order.reservation_id),
            ),
        ],
    }
    .mail()
}

/// How to pay by bank transfer, and until when.
#[must_use]
pub fn transfer_instructions(
    reader: Reader<'_>,
    facts: &OrderFacts,
    transfer: &TransferInstructions,
    until: Option<DateTime<Utc>>,
) -> Mail {
    let (language, number) = (reader.language, &facts.order.order_number);
    let zone = facts.event.as_ref().map_or(Tz::UTC, EventFacts::zone);
    let first = match until {
        Some(until) => format!(
            "{} {}.",
            language.pick(
                "Your places are kept until the money arrives, at the latest until",
                "Guardamos tus plazas hasta que llegue el dinero, como muy tarde hasta el"
            ),
            moment_there(language, until, zone)
        ),
        None => reader
            .say("Your places are kept until the money arrives.", "Guardamos tus plazas hasta que llegue el dinero."),
    };
    let row = |english: &str, spanish: &str, value: String| (reader.say(english, spanish), value);
    let rows = vec![
        row("Amount", "Importe", language.money(facts.order.total)),
        row("Account holder", "Titular de la cuenta", transfer.account_holder.clone()),
        row("IBAN", "IBAN", transfer.iban.clone()),
        row("BIC", "BIC", transfer.bic.clone()),
        row("Reference", "Concepto", transfer.reference.clone()),
    ];
    let (button, url) = facts.button(&reader);
    Content {
        reader,
        subject: format!(
            "{}: {} ({number})",
            language.pick("How to pay", "Cómo pagar"),
            facts.event_name()
        ),
        preview: first.clone(),
        number: Some(number),
        title: reader.say("Send the money by bank transfer", "Envía el dinero por transferencia"),
        blocks: vec![
            Block::Paragraph(first),
            event(&reader, facts),
            Block::Rows { title: reader.say("What to write on it", "Qué escribir en ella"), rows, sum: false },
            Block::Paragraph(reader.say(
                "Write the reference exactly as it stands here: by it your money is known. Your tickets come by mail as soon as it is there.",
                "Escribe el concepto tal como está aquí: por él se reconoce tu dinero. Tus entradas llegan por correo en cuanto esté.",
            )),
            Block::Button(button, url),
        ],
    }
    .mail()
}
