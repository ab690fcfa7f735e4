//! Signing in and up, and what mailed links lead to: the same page for everybody, the rest is the islands'.

use crate::bundle::Bundle;
use crate::components::ROWS;
use crate::islands::{AskForLink, ChoosePassword, ProveEmail, SignInForm, SignUpForm};
use crate::shell::{Page, Top, document};
use leptos::prelude::*;

/// `/sign-in`.
#[must_use]
pub fn sign_in(page: &Page) -> String {
    let language = page.language;
    let sign_up = page.link("/sign-up");
    beside_the_house(page, language.sign_in(), || {
        view! {
            <SignInForm language=language/>
            <p><a href=page.link("/forgot-password")>{language.forgot_it()}</a></p>
            <p>{language.new_here()}" "<a href=sign_up data-hands-on="">{language.make_account()}</a>{language.new_here_rest()}</p>
            <p class="soft small">{language.sign_in_note()}</p>
        }
    })
}

/// `/sign-up`.
#[must_use]
pub fn sign_up(page: &Page) -> String {
    let language = page.language;
    beside_the_house(page, language.make_account(), || {
        view! {
            <SignUpForm language=language/>
            <p>{language.have_account()}" "<a href=page.link("/sign-in") data-hands-on="">{language.sign_in()}</a></p>
        }
    })
}

/// `/forgot-password`.
#[must_use]
pub fn forgot_password(page: &Page) -> String {
    let language = page.language;
    beside_the_house(page, language.forgot_title(), || {
        view! {
            <p class="lede">{language.forgot_lede()}</p>
            <AskForLink language=language/>
            <p><a href=page.link("/sign-in")>{language.sign_in()}</a></p>
        }
    })
}

/// `/reset-password`, from a mail.
#[must_use]
pub fn reset_password(page: &Page) -> String {
    let language = page.language;
    beside_the_house(page, language.forgot_title(), || view! { <ChoosePassword language=language/> })
}

/// `/verify-email`, from a mail.
#[must_use]
pub fn verify_email(page: &Page) -> String {
    let language = page.language;
    beside_the_house(page, language.verify_title(), || {
        view! {
            <ProveEmail language=language/>
            <p><a href=page.link("/")>{language.see_all()}</a></p>
        }
    })
}

fn beside_the_house<V: IntoView + 'static>(page: &Page, heading: &str, form: impl FnOnce() -> V) -> String {
    let needs_script = page.language.needs_script();
    document(page, Bundle::Front, &format!("{heading} · Onsale"), Top::Light, || {
        view! {
            <div class="in-split">
                <section class="stack in-form" style="--gap:var(--s5)" aria-labelledby="h">
                    <h1 id="h" class="t3">{heading.to_owned()}</h1>
                    <noscript><div class="notice warn"><div><p>{needs_script}</p></div></div></noscript>
                    {form()}
                </section>
                <div class="in-house" aria-hidden="true">
                    <svg class="bg" viewBox="0 0 600 800" preserveAspectRatio="xMidYMid slice" inner_html=ROWS></svg>
                </div>
            </div>
        }
    })
}
