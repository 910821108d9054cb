//! Rows of `leases`: which container holds which address on which network.

use std::collections::BTreeMap;
use std::net::IpAddr;

use rusqlite::params;

use super::{Rows, StoreError};

impl Rows<'_> {
    /// Addresses in use on a network and who holds each.
    pub fn leases(&self, network: &str) -> Result<BTreeMap<IpAddr, String>, StoreError> {
        let rows = self.query(
            "SELECT address, container FROM leases WHERE network = ?1",
            params![network],
            |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)),
        )?;
        let parse =
            |(address, container): (String, String)| Some((address.parse().ok()?, container));
        Ok(rows.into_iter().filter_map(parse).collect())
    }

    /// The address leased last on a subnet.
    pub fn last_lease(&self, network: &str, subnet: &str) -> Result<Option<IpAddr>, StoreError> {
        let rows = self.query(
            "SELECT address FROM last_leases WHERE network = ?1 AND subnet = ?2",
            params![network, subnet],
            |row| row.get::<_, String>(0),
        )?;
        Ok(rows.first().and_then(|address| address.parse().ok()))
    }

    /// Gives an address to a container.
    pub fn insert_lease(
        &self,
        network: &str,
        address: IpAddr,
        container: &str,
    ) -> Result<(), StoreError> {
        self.execute(
            "INSERT INTO leases (network, address, container) VALUES (?1, ?2, ?3)",
            params![network, address.to_string(), container],
        )?;
        Ok(())
    }

    /// Remembers where the search for the next address goes on.
    pub fn set_last_lease(
        &self,
        network: &str,
        subnet: &str,
        address: IpAddr,
    ) -> Result<(), StoreError> {
        self.execute(
            "INSERT INTO last_leases (network, subnet, address) VALUES (?1, ?2, ?3) ON CONFLICT (network, subnet) DO UPDATE SET address = excluded.address",
            params![network, subnet, address.to_string()],
        )?;
        Ok(())
    }

    /// Takes its addresses on one network from a container.
    pub fn release_leases_on(&self, network: &str, container: &str) -> Result<(), StoreError> {
        self.execute(
            "DELETE FROM leases WHERE network = ?1 AND container = ?2",
            params![network, container],
        )?;
        Ok(())
    }

    /// Takes all addresses from a container.
    pub fn release_leases(&self, container: &str) -> Result<(), StoreError> {
        self.execute(
            "DELETE FROM leases WHERE container = ?1",
            params![container],
        )?;
        Ok(())
    }
}
