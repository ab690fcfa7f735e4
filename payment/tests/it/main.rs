//! Payment and its sandbox: through their routers, against real PostgreSQL, over real sockets.

mod authorise;
mod capture_void_refund;
mod checkout;
mod faults;
mod ledger;
mod page;
mod sandbox;
mod shop;
mod speed;
mod transfers;
mod unknown;
mod webhooks;
