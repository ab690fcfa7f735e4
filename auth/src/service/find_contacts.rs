//! How to reach people, for services that show or write to them.

use crate::error::AuthError;
use crate::state::State;
use crate::store::accounts::{self, AccountRow};
use onsale_core::api::internal::{Contacts, FindContacts};

/// The people of these accounts and of this address; who is not there is left out.
pub(crate) async fn find(state: &State, wanted: &FindContacts) -> Result<Contacts, AuthError> {
    let mut conn = state.pool.acquire().await?;
    let mut items = accounts::contacts(&mut conn, &wanted.ids).await?;
    if let Some(email) = &wanted.email {
        let row = accounts::by_email(&mut conn, email).await?;
        items.extend(row.as_ref().map(AccountRow::contact));
    }
    Ok(Contacts { items })
}
