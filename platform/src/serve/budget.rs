//! How many connections a gateway may hold: of the files that its process may have, and of a crowd that must fit into
//! those that are left when one of them is dead.

use super::Bounds;
use super::refuse::FAREWELLS_MAX;
use crate::env::{Env, EnvError};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Files beside clients' connections: the database, the other services, logs, metrics, and whoever is being refused.
const OTHERS: usize = 384 + FAREWELLS_MAX;
/// The system spreads connections by chance: one gateway gets some more than its share, in percent.
const UNEVEN: usize = 10;

/// People who are connected at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Crowd {
    /// `GATEWAY_CROWD`: all of them, on one machine; without it a gateway holds what it can, 20,000 at most.
    pub size: Option<usize>,
    /// `GATEWAY_COUNT`: how many gateways share the port, 1; `onsale up --gateways` tells it.
    pub gateways: usize,
}

impl Crowd {
    /// Reads the settings.
    pub fn of(env: &Env) -> Result<Self, EnvError> {
        let gateways: usize = env.get_or("GATEWAY_COUNT", 1)?;
        Ok(Self { size: env.get("GATEWAY_CROWD")?, gateways: gateways.max(1) })
    }

    /// The bounds of one gateway whose process may have so many files.
    ///
    /// # Errors
    /// When the crowd does not fit with one gateway dead: whoever runs it must know before it comes.
    pub fn bounds(self, descriptors: usize) -> Result<Bounds, EnvError> {
        let bounds = Bounds::public();
        let room = descriptors.saturating_sub(OTHERS).max(1);
        let Some(size) = self.size else {
            return Ok(Bounds { connections_max: bounds.connections_max.min(room), ..bounds });
        };
        let left = self.gateways.saturating_sub(1).max(1);
        let share = size.div_ceil(left);
        let wanted = match self.gateways {
            1 => share,
            _ => share + (share * UNEVEN).div_ceil(100),
        };
        if wanted > room {
            let reason = format!(
                "a gateway must hold {wanted} connections (with one of several dead), and a process may have \
                 {descriptors} files here: raise that to {} (`ulimit -n`), or run more gateways",
                wanted + OTHERS
            );
            return Err(EnvError::Invalid { name: "GATEWAY_CROWD".to_owned(), value: size.to_string(), reason });
        }
        Ok(Bounds { connections_max: wanted, ..bounds })
    }
}

/// How many files this process may have (`RLIMIT_NOFILE`), after asking for all that it may ask for.
#[must_use]
pub fn descriptors_max() -> usize {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let raised = setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum });
    let limit = if raised.is_ok() { maximum } else { current };
    limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(size: usize, gateways: usize, descriptors: usize) -> Result<usize, String> {
        let crowd = Crowd { size: Some(size), gateways };
        crowd.bounds(descriptors).map(|bounds| bounds.connections_max).map_err(|error| error.to_string())
    }

    #[test]
    fn a_crowd_fits_with_one_gateway_dead() {
        let each = held(100_000, 10, 20_000).expect("it fits");
        assert!(each * 9 >= 100_000 && each < 20_000 - OTHERS, "{each}");
        assert_eq!(held(5_000, 1, 20_000), Ok(5_000));
    }

    #[test]
    fn one_that_does_not_fit_is_refused_with_the_remedy() {
        let error = held(100_000, 5, 20_000).expect_err("too many");
        assert!(error.contains("GATEWAY_CROWD") && error.contains("ulimit -n"), "{error}");
    }

    #[test]
    fn without_a_crowd_files_are_the_bound() {
        let crowd = Crowd { size: None, gateways: 1 };
        let room = |descriptors| crowd.bounds(descriptors).expect("no crowd to fit").connections_max;
        assert_eq!(room(1_024), 1_024 - OTHERS);
        assert_eq!(room(1_000_000), 20_000);
        assert_eq!(room(100), 1, "never none at all");
    }
}
