//! Sending a mail over SMTP.

use crate::documents::File;
use crate::store::mails::DueMail;
use chrono::{DateTime, Utc};
use lettre::message::header::ContentType;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox, MultiPart, SinglePart};
use lettre::transport::smtp::PoolConfig;
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use secrecy::{ExposeSecret, SecretString};
use std::time::{Duration, SystemTime};

/// How long one step of the protocol may take.
const ANSWER_MAX: Duration = Duration::from_secs(10);
/// Connections to the mail server at most.
const CONNECTIONS_MAX: u32 = 4;

/// The way to the mail server. Cheap to clone; connects when there is something to send.
#[derive(Clone)]
pub(crate) struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

/// Why a mail was not sent.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SendError {
    /// It may work later.
    #[error("{0}")]
    Later(String),
    /// It will never work: the server, or the address itself, says so.
    #[error("{0}")]
    Never(String),
}

impl Smtp {
    pub(crate) fn new(url: &SecretString, from: Mailbox) -> Result<Self, lettre::transport::smtp::Error> {
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url.expose_secret())?
            .timeout(Some(ANSWER_MAX))
            .pool_config(PoolConfig::new().max_size(CONNECTIONS_MAX))
            .build();
        Ok(Self { transport, from })
    }

    pub(crate) async fn send(&self, mail: &DueMail, files: Vec<File>, now: DateTime<Utc>) -> Result<(), SendError> {
        let message = self.message(mail, files, now).map_err(SendError::Never)?;
        match self.transport.send(message).await {
            Ok(_) => Ok(()),
            Err(error) if is_final(&error) => Err(SendError::Never(error.to_string())),
            Err(error) => Err(SendError::Later(error.to_string())),
        }
    }

    fn message(&self, mail: &DueMail, files: Vec<File>, now: DateTime<Utc>) -> Result<Message, String> {
        let recipient = mail.recipient.parse().map_err(|error| format!("the address cannot be written to: {error}"))?;
        // RFC 3834: no automatic answers to this, please.
        let automatic = HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".to_owned());
        Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, recipient))
            .subject(&mail.subject)
            .date(SystemTime::from(now))
            // The same for each try: who gets it twice can tell.
            .message_id(Some(format!("<{}@{}>", mail.id, self.from.email.domain())))
            .raw_header(automatic)
            .multipart(parts(mail, files)?)
            .map_err(|error| format!("the mail cannot be written: {error}"))
    }
}

/// The text, the HTML with its pictures, and the files: RFC 2046 and RFC 2387.
fn parts(mail: &DueMail, files: Vec<File>) -> Result<MultiPart, String> {
    if files.is_empty() {
        return Ok(MultiPart::alternative_plain_html(mail.body_text.clone(), mail.body_html.clone()));
    }
    let mut shown = MultiPart::related().singlepart(SinglePart::html(mail.body_html.clone()));
    let mut attached = Vec::new();
    for File { name, content_type, content_id, bytes } in files {
        let kind = ContentType::parse(content_type).map_err(|error| format!("{content_type}: {error}"))?;
        match content_id {
            Some(id) => shown = shown.singlepart(Attachment::new_inline_with_name(id, name).body(bytes, kind)),
            None => attached.push(Attachment::new(name).body(bytes, kind)),
        }
    }
    let read = MultiPart::alternative().singlepart(SinglePart::plain(mail.body_text.clone())).multipart(shown);
    Ok(attached.into_iter().fold(MultiPart::mixed().multipart(read), MultiPart::singlepart))
}

/// The server refused this mail for good. Refused sign-ins (530, 534, 535, 538) are about our settings, which change.
fn is_final(error: &lettre::transport::smtp::Error) -> bool {
    let code = error.status().map(u16::from);
    error.is_permanent() && !matches!(code, Some(530 | 534 | 535 | 538))
}
