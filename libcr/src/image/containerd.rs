//! containerd's checkpoint images: an index whose descriptors are not manifests but blobs, each with
//! a media type that says what it is for.
//!
//! Source: containerd's `core/images/mediatypes.go` and `client/container_checkpoint_opts.go`, and
//! images that containerd 1.7 and 2.1 made. Knows the format alone: what CRIU's tar and the
//! specification hold is somebody else's business.

use std::collections::BTreeMap;
use std::io::Read;

use prost::Message as _;
use serde::{Deserialize, Serialize};

use super::archive::{ArchivedImage, ImageArchive, blob, oci_image};
use super::compression::Checked;
use super::manifest::{Descriptor, MANIFEST};
use super::members::Members;
use super::{ImageError, digest_hex};

/// Media type of an index.
pub const INDEX: &str = "application/vnd.oci.image.index.v1+json";
/// CRIU's images as a tar, without directories.
pub const CRIU: &str = "application/vnd.containerd.container.criu.checkpoint.criu.tar";
/// What the container changed, as an OCI layer. containerd takes no other compression.
pub const CHANGES: &str = "application/vnd.oci.image.layer.v1.tar+gzip";
/// The specification: [`Any`] of JSON.
pub const SPEC: &str = "application/vnd.containerd.container.checkpoint.config.v1+proto";
/// How it was frozen: [`Any`].
pub const OPTIONS: &str = "application/vnd.containerd.container.checkpoint.options.v1+proto";
/// How its runtime is run: [`Any`].
pub const RUNTIME_OPTIONS: &str =
    "application/vnd.containerd.container.checkpoint.runtime.options+proto";

/// Annotations of the index, all of which `ctr container restore` wants.
pub const RUNTIME_NAME: &str = "io.containerd.checkpoint.runtime";
/// See [`RUNTIME_NAME`].
pub const SNAPSHOTTER: &str = "io.containerd.checkpoint.snapshotter";
/// The name of the image below; also on the descriptor of that image.
pub const REF_NAME: &str = "org.opencontainers.image.ref.name";
/// The same in an index of `ctr task checkpoint`.
const IMAGE_NAME: &str = "image.name";

/// What the type of a specification is called.
pub const SPEC_TYPE: &str = "types.containerd.io/opencontainers/runtime-spec/1/Spec";
/// What the type of options of a checkpoint is called.
pub const OPTIONS_TYPE: &str = "containerd.runc.v1.CheckpointOptions";
/// What the type of options of the runtime is called.
pub const RUNTIME_OPTIONS_TYPE: &str = "containerd.runc.v1.Options";

/// Most bytes of a specification: what an archive's may have.
const SPEC_LIMIT: usize = 4 << 20;

/// `google.protobuf.Any`.
#[derive(Clone, PartialEq, Eq, prost::Message)]
pub struct Any {
    /// What is in it.
    #[prost(string, tag = "1")]
    pub type_url: String,
    /// The bytes of that.
    #[prost(bytes = "vec", tag = "2")]
    pub value: Vec<u8>,
}

/// `containerd.runc.v1.Options`, as far as it is used here.
#[derive(Clone, PartialEq, Eq, prost::Message)]
pub struct RuntimeOptions {
    /// The program of the runtime; empty: runc.
    #[prost(string, tag = "6")]
    pub binary_name: String,
}

/// `containerd.runc.v1.CheckpointOptions`, as far as it is used here.
#[derive(Clone, PartialEq, Eq, prost::Message)]
pub struct CheckpointOptions {
    /// The container ended.
    #[prost(bool, tag = "1")]
    pub exit: bool,
    /// Established TCP connections are in it.
    #[prost(bool, tag = "2")]
    pub open_tcp: bool,
    /// File locks are in it.
    #[prost(bool, tag = "5")]
    pub file_locks: bool,
}

/// An index.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Index {
    /// 2.
    #[serde(default)]
    pub schema_version: u32,
    /// [`INDEX`].
    #[serde(default)]
    pub media_type: String,
    /// What is in it.
    #[serde(default)]
    pub manifests: Vec<Descriptor>,
    /// What is said of it.
    #[serde(default)]
    pub annotations: BTreeMap<String, String>,
}

impl Index {
    fn find(&self, media_type: &str) -> Option<&Descriptor> {
        let mut all = self.manifests.iter();
        all.find(|descriptor| descriptor.media_type == media_type)
    }
}

/// A checkpoint of containerd in an image archive, its documents read and verified.
#[derive(Debug, Clone)]
pub struct ContainerdCheckpoint {
    /// Names as the archive has them.
    pub tags: Vec<String>,
    /// `sha256:…` of the index.
    pub digest: String,
    /// What the index calls the image below.
    pub base_name: String,
    /// The image below, where it is in the archive.
    pub base: Option<ArchivedImage>,
    /// The OCI specification, JSON.
    pub spec: Vec<u8>,
    /// The program of the runtime, where it was not runc.
    pub runtime: String,
    /// CRIU's images.
    pub criu: Descriptor,
    /// What the container changed.
    pub changes: Option<Descriptor>,
}

/// The checkpoint that a descriptor of an archive's index leads to; nothing for any other image.
pub(super) fn read(
    members: &Members,
    descriptor: &Descriptor,
    tags: &[String],
    depth: usize,
) -> Result<Option<ContainerdCheckpoint>, ImageError> {
    if descriptor.media_type != INDEX {
        return Ok(None);
    }
    let bytes = blob(members, &descriptor.digest)?;
    let index: Index = super::archive::parse("image index", &bytes)?;
    let of_containerd = [CRIU, SPEC].iter().any(|kind| index.find(kind).is_some());
    if !of_containerd {
        return Ok(None);
    }
    let missing =
        |what: &str| ImageError::archive(format!("the checkpoint of containerd has no {what}"));
    let criu = index.find(CRIU).ok_or_else(|| missing("memory (--task)"))?;
    let spec = index.find(SPEC).ok_or_else(|| missing("specification"))?;
    let mut below = index.manifests.iter();
    let below = below.find(|one| one.media_type == MANIFEST || one.media_type == INDEX);
    let keys = [REF_NAME, IMAGE_NAME];
    let told = keys.iter().find_map(|key| index.annotations.get(*key));
    let base_name = told.or_else(|| below?.annotations.get(REF_NAME));
    let runtime = match index.find(RUNTIME_OPTIONS) {
        Some(options) => runtime_in(&any(members, options, RUNTIME_OPTIONS_TYPE)?)?,
        None => String::new(),
    };
    let spec = any(members, spec, SPEC_TYPE)?;
    if spec.len() > SPEC_LIMIT {
        return Err(ImageError::TooLarge {
            name: "the specification of containerd's checkpoint".into(),
            limit: SPEC_LIMIT as u64,
        });
    }
    Ok(Some(ContainerdCheckpoint {
        tags: tags.to_vec(),
        digest: descriptor.digest.clone(),
        base_name: base_name.cloned().unwrap_or_default(),
        base: below
            .map(|one| oci_image(members, one, depth))
            .transpose()?,
        spec,
        runtime,
        criu: criu.clone(),
        changes: index.find(CHANGES).cloned(),
    }))
}

/// The value of an [`Any`] blob of this type.
fn any(members: &Members, descriptor: &Descriptor, expected: &str) -> Result<Vec<u8>, ImageError> {
    let bytes = blob(members, &descriptor.digest)?;
    let wrong = |what: String| {
        let digest = &descriptor.digest;
        ImageError::archive(format!("blob {digest} is no {expected}: {what}"))
    };
    let any = Any::decode(bytes.as_slice()).map_err(|error| wrong(error.to_string()))?;
    let name = any.type_url.rsplit('/').next().unwrap_or_default();
    if any.type_url == expected || name == expected {
        return Ok(any.value);
    }
    let found: String = any.type_url.chars().take(100).collect();
    Err(wrong(format!("it says that it is {found:?}")))
}

fn runtime_in(value: &[u8]) -> Result<String, ImageError> {
    let options = RuntimeOptions::decode(value)
        .map_err(|error| ImageError::archive(format!("options of the runtime: {error}")))?;
    let name = options.binary_name;
    Ok(name.rsplit('/').next().unwrap_or_default().to_owned())
}

impl ImageArchive {
    /// A blob of a checkpoint of containerd: its bytes, which fail at their end where they aren't
    /// what the digest says.
    ///
    /// # Errors
    /// [`ImageError::Archive`] when it is not there or has another length.
    pub fn checkpoint_blob(
        &self,
        descriptor: &Descriptor,
    ) -> Result<impl Read + Send + use<>, ImageError> {
        let member = format!("blobs/sha256/{}", digest_hex(&descriptor.digest)?);
        let (stream, size) = self.members().open(&member)?;
        if size != descriptor.size {
            return Err(ImageError::archive(format!(
                "blob {} has {size} bytes, its index says {}",
                descriptor.digest, descriptor.size
            )));
        }
        Ok(Checked::new(stream, &descriptor.digest))
    }
}
