//! The bodies of requests and answers, as `API.md` fixes them. Shared by services, pages and clients.

pub mod accounts;
pub mod admin;
pub mod audit;
pub mod booking;
pub mod box_office;
pub mod check_in;
pub mod events;
pub mod halls;
pub mod internal;
pub mod offer;
pub mod organisations;
pub mod page;
pub mod problem;
pub mod queue;
pub mod sales;
pub mod sales_desk;
pub mod settings;
pub mod webhooks;
