//! An image as the store knows it.

use serde::{Deserialize, Serialize};

/// A row of the images table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Image {
    /// Digest of the configuration, 64 hexadecimal digits.
    pub id: String,
    /// Digest of the manifest, `sha256:…`.
    pub digest: String,
    /// Layers, lowest first, as `sha256:…` of their uncompressed tar.
    pub diff_ids: Vec<String>,
    /// Names with tags (`localhost/web:latest`), sorted.
    pub names: Vec<String>,
    /// Bytes of all layers, unpacked.
    pub size: u64,
    /// When it was made, RFC 3339.
    pub created: String,
    /// The OCI image configuration (image-spec config.md) as it was imported.
    pub config: serde_json::Value,
}

impl Image {
    /// When a configuration says that its image was made; 1970 where it doesn't.
    pub fn created_in(config: &serde_json::Value) -> String {
        let created = config["created"].as_str();
        created.unwrap_or("1970-01-01T00:00:00Z").to_owned()
    }

    /// A member of the configuration's `config` object.
    pub fn setting(&self, key: &str) -> Option<&serde_json::Value> {
        self.config
            .get("config")?
            .get(key)
            .filter(|value| !value.is_null())
    }

    /// A list of strings among the settings; empty where there is none.
    pub fn strings(&self, key: &str) -> Vec<String> {
        let list = self.setting(key).and_then(serde_json::Value::as_array);
        list.into_iter()
            .flatten()
            .filter_map(|item| item.as_str().map(str::to_owned))
            .collect()
    }

    /// A string among the settings.
    pub fn string(&self, key: &str) -> Option<&str> {
        self.setting(key)?.as_str().filter(|text| !text.is_empty())
    }
}
