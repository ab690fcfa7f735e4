//! Paying, orders and tickets.

pub mod checkout;
pub mod order;
pub mod orders;
mod zones;

pub use checkout::CheckoutRoom;
pub use order::OrderRoom;
pub use orders::MyOrders;
