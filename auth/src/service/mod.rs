//! A file per use case, named by its verb; it owns the transaction.

pub(crate) mod act_for;
pub(crate) mod administer_users;
pub(crate) mod change_settings;
pub(crate) mod exchange_api_key;
pub(crate) mod find_contacts;
pub(crate) mod invite;
pub(crate) mod keep_audit;
pub(crate) mod limit_tries;
pub(crate) mod list_keys;
pub(crate) mod log_in;
pub(crate) mod log_out;
pub(crate) mod manage_api_keys;
pub(crate) mod manage_second_factor;
pub(crate) mod organise;
pub(crate) mod prove_email;
pub(crate) mod refresh;
pub(crate) mod register;
pub(crate) mod reset_password;
pub(crate) mod revoke_tokens;
pub(crate) mod rotate_keys;
pub(crate) mod sign_in;
pub(crate) mod update_account;
pub(crate) mod verify_audit;
