//! `onsale ledger check`: the ledger beside the payments, the orders and the provider.

mod orders;

use crate::cli::Ledger;
use crate::place::Place;
use crate::progress::Bar;
use crate::say;
use anyhow::Context;
use onsale_payment::check::{Books, Difference, Watcher};
use onsale_platform::env::Env;
use std::path::Path;
use std::process::ExitCode;

/// More differences than this are counted, not told.
const TOLD_MAX: usize = 200;

/// Compares on the databases that the settings name; fails when something differs.
pub(crate) async fn run(env: &Env, home: &Path, Ledger::Check: Ledger) -> anyhow::Result<ExitCode> {
    let place = Place::find(env, home).await?;
    let outcome = check(&place.env).await;
    place.stop().await;
    let differences = outcome?;
    Ok(if differences == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn check(env: &Env) -> anyhow::Result<usize> {
    let books = Books::open(env).await.context("opening payment's books")?;
    let total = books.count().await?;
    let mut differences = 0;

    let mut watch = Watch::new("Payments and their entries", total, &mut differences);
    books.check_payments(&mut watch).await?;
    watch.finish();

    let mut watch = Watch::new("Orders and what was paid for them", total, &mut differences);
    orders::check(env, &books, &mut watch).await?;
    watch.finish();

    let mut watch = Watch::new("The provider's books", total, &mut differences);
    books.check_provider(&mut watch).await?;
    watch.finish();

    say(&match differences {
        0 => format!("Nothing differs in {total} payments."),
        1 => "1 thing differs: see above.".to_owned(),
        more => format!("{more} things differ: see above."),
    });
    Ok(differences)
}

/// Tells how far one comparison is, and what it finds.
pub(crate) struct Watch<'a> {
    bar: Bar,
    what: &'static str,
    done: u64,
    total: u64,
    differences: &'a mut usize,
}

impl<'a> Watch<'a> {
    fn new(what: &'static str, total: u64, differences: &'a mut usize) -> Self {
        Self { bar: Bar::new(what), what, done: 0, total, differences }
    }

    fn finish(self) {
        self.bar.finish();
    }
}

impl Watcher for Watch<'_> {
    fn looked_at(&mut self, count: usize) {
        self.done += u64::try_from(count).unwrap_or(0);
        self.bar.at(self.what, self.done, self.total.max(self.done));
    }

    fn differs(&mut self, Difference { subject, found, remedy }: Difference) {
        *self.differences += 1;
        if *self.differences <= TOLD_MAX {
            say(&format!("DIFFERS  {subject}: {found}\n         {remedy}"));
        } else if *self.differences == TOLD_MAX + 1 {
            say("         … and more, which are only counted");
        }
    }
}
