//! The client and the load against a stand-in for the house; the engines' own rates against real engines.

mod baselines;
mod capacity;
mod chaos;
mod load;
mod setup;
mod swarm;
