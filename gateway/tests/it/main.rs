//! The gateway through its router, with stand-ins behind it: installed in its process, and then
//! again behind real sockets.

mod credentials;
mod edge;
mod forward;
mod limits;
mod line_pages;
mod live;
mod pages;
mod raw;
mod site;
mod stage;
mod waiting_room;
