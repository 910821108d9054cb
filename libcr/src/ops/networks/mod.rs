//! Networks: made, listed, inspected, changed, removed by name; containers put on them and taken
//! off. What a start or a thaw does with them is in `steps::life::netplug`.

pub mod connect;
pub mod create;
pub mod inspect;
pub mod list;
pub mod reload;
pub mod remove;
pub mod update;
