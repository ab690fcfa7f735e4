//! The accounts of the seasons, always under the same ids, so that sowing again finds them.

use super::SeedContext;
use onsale_auth::ArgonCost;
use onsale_auth::seed::{SeedAccount, seed_accounts};
use onsale_core::{Role, UserId};
use uuid::Uuid;

/// An account that a season needs.
#[derive(Debug, Clone)]
pub(super) struct Account {
    /// Its place in the season.
    pub number: u16,
    pub email: String,
    pub name: String,
    /// The one role beside `customer`, if any.
    pub role: Option<Role>,
}

/// A block of ids that no account of another season has.
#[derive(Debug, Clone, Copy)]
pub(super) enum Season {
    Demo,
    Load,
}

impl Season {
    /// The id of an account: a UUIDv7 of a fixed, early time.
    pub(super) fn id(self, number: u16) -> UserId {
        let block: u128 = match self {
            Self::Demo => 0x0190_0000_0000_7000_8000_0000_0001_0000,
            Self::Load => 0x0190_0000_0000_7000_8000_0000_0002_0000,
        };
        UserId(Uuid::from_u128(block + u128::from(number)))
    }
}

/// Makes these accounts unless they are there.
pub(super) async fn ensure(
    ctx: &SeedContext,
    season: Season,
    accounts: Vec<Account>,
    password: &str,
    cost: ArgonCost,
) -> anyhow::Result<()> {
    let seeds = accounts.into_iter().map(|account| SeedAccount {
        id: season.id(account.number),
        email: account.email,
        password: password.to_owned(),
        name: account.name,
        roles: [Role::Customer].into_iter().chain(account.role).collect(),
        cost,
    });
    Ok(seed_accounts(&ctx.auth, &ctx.clock, seeds.collect()).await?)
}
