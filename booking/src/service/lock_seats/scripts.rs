//! The Lua scripts. Each runs as one step of its master.

use redis::Script;
use std::sync::LazyLock;

/// Several requests, each all of its keys or none. `ARGV`: the TTL in ms, then a value and a number of
/// keys for each request. Answers, for each, the places (from 0) of keys that have another value.
pub(super) static LOCK: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("lock.lua")));

/// `KEYS[i]` is deleted where it names the hold `ARGV[i]`, held or sold. Answers how many were.
pub(super) static UNLOCK: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("unlock.lua")));

/// `KEYS[i]` gets a value for a time where it is its hold's already or, unless told to prolong only, empty.
/// `ARGV`: hold, value, TTL in ms, and 1 to prolong only, for each. Answers how many were set.
pub(super) static MARK: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("mark.lua")));
