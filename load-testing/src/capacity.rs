//! What a person costs, and the machines that a crowd needs.
//!
//! [`measure`] runs the house at several sizes and fits what each call, each who waits and each who watches adds
//! ([`fit`], [`costs`]); [`scaling`] runs it on one core and on all, with one gateway and with many. [`fluid`] moves a
//! crowd ([`sale`]) through machines ([`plan`]) by those costs, [`verdict`] says what is wrong with a plan, [`size`] finds
//! one with nothing wrong. [`check`] holds the model against a run of the swarm. [`tables`] and [`doc`] write it all into
//! docs/capacity.md.

pub mod check;
pub mod costs;
pub mod doc;
pub mod fit;
pub mod fluid;
pub mod measure;
pub mod meter;
pub mod options;
pub mod plan;
pub mod sale;
pub mod scaling;
pub mod size;
pub mod streams;
pub mod tables;
pub mod verdict;
