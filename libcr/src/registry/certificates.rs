//! Whom to believe: the host's certificate authorities, and those of one registry (`certs.d`).
//!
//! Format: containers-certs.d(5): `*.crt` are authorities, `NAME.cert` with `NAME.key` is the
//! client's own certificate.

use std::fs;
use std::path::{Path, PathBuf};

use ureq::tls::{Certificate, ClientCert, PrivateKey, RootCerts, TlsConfig};

use super::RegistryError;

/// Where Podman and Docker look, the first that is there counts.
const PLACES: [&str; 2] = ["/etc/containers/certs.d", "/etc/docker/certs.d"];

/// How to speak TLS with this host. `directory` stands in place of those of the system.
pub(super) fn configuration(
    host: &str,
    directory: Option<&Path>,
    verify: bool,
) -> Result<TlsConfig, RegistryError> {
    let mut roots: Vec<Certificate<'static>> = rustls_native_certs::load_native_certs()
        .certs
        .iter()
        .map(|certificate| Certificate::from_der(certificate).to_owned())
        .collect();
    let mut own = None;
    if let Some(directory) = directory.map(Path::to_owned).or_else(|| usual(host)) {
        let of_host = read(&directory)?;
        roots.extend(of_host.0);
        own = of_host.1;
    }
    Ok(TlsConfig::builder()
        .root_certs(RootCerts::new_with_certs(&roots))
        .client_cert(own)
        .disable_verification(!verify)
        .build())
}

fn usual(host: &str) -> Option<PathBuf> {
    let places = PLACES.iter().map(|place| Path::new(place).join(host));
    places.into_iter().find(|place| place.is_dir())
}

type Found = (Vec<Certificate<'static>>, Option<ClientCert>);

fn read(directory: &Path) -> Result<Found, RegistryError> {
    let wrap = |path: &Path, reason: &dyn std::fmt::Display| {
        RegistryError::Configuration(format!("{}: {reason}", path.display()))
    };
    let entries = fs::read_dir(directory).map_err(|error| wrap(directory, &error))?;
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    let bytes = |path: &Path| fs::read(path).map_err(|error| wrap(path, &error));
    let certificates = |path: &Path| -> Result<Vec<Certificate<'static>>, RegistryError> {
        let mut found = Vec::new();
        for item in ureq::tls::parse_pem(&bytes(path)?) {
            if let ureq::tls::PemItem::Certificate(certificate) =
                item.map_err(|error| wrap(path, &error))?
            {
                found.push(certificate);
            }
        }
        Ok(found)
    };
    let (mut roots, mut own) = (Vec::new(), None);
    for path in &paths {
        match path.extension().and_then(|end| end.to_str()) {
            Some("crt") => roots.extend(certificates(path)?),
            Some("cert") => {
                let key = path.with_extension("key");
                let key =
                    PrivateKey::from_pem(&bytes(&key)?).map_err(|error| wrap(&key, &error))?;
                own = Some(ClientCert::new_with_certs(&certificates(path)?, key));
            }
            _ => {}
        }
    }
    Ok((roots, own))
}
