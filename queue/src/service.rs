//! The use cases, a file each.

pub(crate) mod admit;
pub(crate) mod control;
pub(crate) mod guard_reserve;
pub(crate) mod issue;
pub(crate) mod join;
pub(crate) mod leave;
pub(crate) mod notes;
pub(crate) mod prove;
pub(crate) mod tell_status;
pub(crate) mod watch;
