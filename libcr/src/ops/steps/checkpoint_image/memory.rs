//! The memory of a checkpoint image in layers that images of one container share: a layer for each
//! generation of it ([`crate::criu::generations`]), `checkpoint/memory-N-ID/`, and the maps without
//! pages in `checkpoint/` beside the other images.
//!
//! What an earlier image has is found by its annotations, and compared by an index that this host
//! made when it wrote or read that image: `<root>/images/memory/<digest of its layers' digests>`. An
//! index is a cache: anybody may remove it.

use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::dialect;
use super::making::{Layer, Layers, lock};
use crate::archive::sums::Sum;
use crate::archive::{self, Limits, Selection, Writer, layout};
use crate::criu::generations::{self, Index, IndexWriter, Memory, Name, Split};
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::image::digest_of;
use crate::image::layer::StoredLayer;
use crate::image::manifest::Manifest;
use crate::model::id;
use crate::model::image::Image;
use crate::ops::steps::thawing::unpack::{self, Staging};
use crate::seal::Keys;
use crate::sys::dir::{at, remove_file_if_present};
use crate::sys::machine;

/// A generation in a layer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Generation {
    /// Its name.
    name: String,
    /// Its layer: media type, digest, bytes, digest and bytes of the tar in it.
    layer: (String, String, u64, String, u64),
    /// Its members: name, bytes, BLAKE3 in hexadecimal digits.
    members: Vec<(String, u64, String)>,
}

impl Generation {
    fn new(name: &str, layer: &StoredLayer, sums: &[Sum]) -> Self {
        let prefix = format!("{}/{name}/", layout::CHECKPOINT);
        let members = sums.iter().filter(|sum| sum.name.starts_with(&prefix));
        Self {
            name: name.to_owned(),
            layer: (
                layer.media_type.clone(),
                layer.digest.clone(),
                layer.size,
                layer.diff_id.clone(),
                layer.unpacked,
            ),
            members: members
                .map(|sum| (sum.name.clone(), sum.len, sum.hash.to_hex().to_string()))
                .collect(),
        }
    }

    fn layer(&self) -> Layer {
        let (media_type, digest, size, diff_id, unpacked) = self.layer.clone();
        Layer {
            stored: StoredLayer {
                media_type,
                digest,
                size,
                diff_id,
                unpacked,
            },
            generation: Some(self.name.clone()),
        }
    }

    fn sums(&self) -> impl Iterator<Item = Sum> + '_ {
        self.members.iter().filter_map(|(name, len, hash)| {
            Some(Sum {
                name: name.clone(),
                len: *len,
                hash: blake3::Hash::from_hex(hash).ok()?,
            })
        })
    }

    /// Bytes of pages in it.
    fn page_bytes(&self) -> u64 {
        let pages = self
            .members
            .iter()
            .filter(|(name, ..)| name.rsplit('/').next().is_some_and(layout::is_pages));
        pages.map(|(_, len, _)| len).sum()
    }
}

/// What an earlier image has, the oldest first.
struct Earlier {
    name: Name,
    chain: Vec<Generation>,
    index: Index,
}

/// The index of the image that is being made.
#[derive(Debug)]
pub(super) struct Pending {
    index: IndexWriter,
}

/// Writes the memory in a directory of images, and these images, into their layers. The part that
/// the archive is at is taken for the first of them.
///
/// # Errors
/// When something can't be read or written.
pub(super) fn append(
    engine: &Engine,
    container: &str,
    images: &Path,
    writer: &mut Writer,
    layers: &Layers,
) -> Result<Pending> {
    let earlier = match earlier(engine, container) {
        Ok(earlier) => earlier,
        Err(error) => {
            tracing::warn!(%error, "no earlier image is built upon");
            None
        }
    };
    let directory = indexes(engine)?;
    let random = id::from_random(machine::random()?);
    let mut index = IndexWriter::begin(&directory.join(format!(".{random}")))?;
    let known = earlier.as_ref().map(|earlier| &earlier.index);
    let mut split = Split::compare(Memory::read(images)?, known, &mut index)?;
    let earlier = earlier.filter(|earlier| {
        let bytes: u64 = earlier.chain.iter().map(Generation::page_bytes).sum();
        let chain = bytes / rustix::param::page_size() as u64;
        generations::is_worth_it(&split, &earlier.name, chain)
    });
    if let Some(earlier) = &earlier {
        for generation in &earlier.chain {
            lock(layers).push(generation.layer());
            writer.vouch(generation.sums());
        }
    } else {
        split.forget_earlier();
    }
    let name = match &earlier {
        Some(earlier) if split.is_same(&earlier.index) => earlier.name.clone(),
        _ => {
            let above = earlier.as_ref().map(|earlier| &earlier.name);
            let name = Name::new(above.map_or(0, Name::number) + 1, &random);
            let prefix = format!("{}/{}", layout::CHECKPOINT, name.as_str());
            writer.append_directory(&prefix)?;
            if let Some(above) = above {
                writer.append_parent(&prefix, &format!("../{}", above.as_str()))?;
            }
            for (file, name, len) in split.files() {
                writer.append_reader_exact(&format!("{prefix}/{name}"), len, |out| {
                    file.write_to(out)
                })?;
            }
            writer.next_part()?;
            if let Some(layer) = lock(layers).last_mut() {
                layer.generation = Some(name.as_str().to_owned());
            }
            name
        }
    };
    append_emptied(writer, images, &split, &name)?;
    Ok(Pending { index })
}

/// Writes the images of a dump whose pages are in a generation.
fn append_emptied(writer: &mut Writer, images: &Path, split: &Split, name: &Name) -> Result<()> {
    let emptied = split.emptied();
    let written = |file: &str| {
        let mut names = emptied.iter();
        file == generations::PARENT || names.any(|(list, _, pages)| file == list || file == pages)
    };
    writer.append_images_but(layout::CHECKPOINT, images, written)?;
    writer.append_parent(layout::CHECKPOINT, name.as_str())?;
    for (list, bytes, pages) in &emptied {
        writer.append_bytes(&format!("{}/{list}", layout::CHECKPOINT), bytes)?;
        writer.append_bytes(&format!("{}/{pages}", layout::CHECKPOINT), &[])?;
    }
    Ok(())
}

impl Pending {
    /// Keeps the index for the next image, once this one is there.
    pub(super) fn keep(self, engine: &Engine, layers: &[Layer], sums: &[Sum]) -> Result<()> {
        let chain: Vec<Generation> = layers
            .iter()
            .filter_map(|layer| {
                let name = layer.generation.as_deref()?;
                Some(Generation::new(name, &layer.stored, sums))
            })
            .collect();
        let digests = chain.iter().map(|one| one.layer.1.as_str());
        let path = indexes(engine)?.join(key(digests));
        Ok(self.index.finish(Some(&path), &chain)?)
    }
}

/// The directory of indexes.
fn indexes(engine: &Engine) -> Result<PathBuf> {
    let directory = engine.config.root.join("images/memory");
    fs::create_dir_all(&directory).map_err(at("make", &directory))?;
    Ok(directory)
}

/// The name of the index of these layers.
fn key<'a>(digests: impl Iterator<Item = &'a str>) -> String {
    let all: Vec<&str> = digests.collect();
    let digest = digest_of(all.join("\n").as_bytes());
    digest.trim_start_matches("sha256:").to_owned()
}

/// The layers of generations that a manifest names, the oldest first, and their places among all;
/// nothing where they are no chain.
fn named(manifest: &Manifest) -> Option<Vec<(Name, usize)>> {
    let mut found: Vec<(Name, usize)> = Vec::new();
    for (place, layer) in manifest.layers.iter().enumerate() {
        if let Some(text) = layer.annotations.get(dialect::GENERATION) {
            let name = Name::parse(text)?;
            if name.number() as usize != found.len() + 1 {
                return None;
            }
            found.push((name, place));
        }
    }
    (!found.is_empty()).then_some(found)
}

/// The newest image of a container that is here with all its memory.
fn earlier(engine: &Engine, container: &str) -> Result<Option<Earlier>> {
    let blobs = engine.blobs()?;
    let mut images = engine.store.rows().images()?;
    images.sort_by(|one, other| other.created.cmp(&one.created));
    for image in images {
        let Ok(manifest) = super::manifest(engine, &image) else {
            continue;
        };
        let of = manifest.annotations.get(dialect::CONTAINER_ID);
        if of.is_none_or(|id| id != container) {
            continue;
        }
        let Some(names) = named(&manifest) else {
            continue;
        };
        let digest = |place: usize| manifest.layers[place].digest.as_str();
        if names
            .iter()
            .any(|(_, place)| blobs.size(digest(*place)).is_none())
        {
            continue;
        }
        let path = indexes(engine)?.join(key(names.iter().map(|(_, place)| digest(*place))));
        let mut index = Index::open(&path);
        if index.is_none() {
            if let Err(error) = index_anew(engine, &image, &manifest, &names, &path) {
                tracing::warn!(%error, image = id::short(&image.id), "it is not built upon");
                continue;
            }
            index = Index::open(&path);
        }
        let Some(index) = index else {
            continue;
        };
        let chain: Vec<Generation> = index.label().map_err(std::io::Error::other)?;
        let right = chain.len() == names.len()
            && chain.iter().zip(&names).all(|(one, (name, place))| {
                one.name == name.as_str() && one.layer.1 == digest(*place)
            });
        if let (true, Some((name, _))) = (right, names.last()) {
            let name = name.clone();
            return Ok(Some(Earlier { name, chain, index }));
        }
    }
    Ok(None)
}

/// Reads the memory of an image that came from elsewhere, or whose index was lost. All that goes into
/// the index is of bytes whose digests were right.
fn index_anew(
    engine: &Engine,
    image: &Image,
    manifest: &Manifest,
    names: &[(Name, usize)],
    path: &Path,
) -> Result<()> {
    let selection = Selection {
        rootfs: false,
        volumes: false,
        log: false,
        durable: false,
        ..Selection::default()
    };
    let staging = Staging::make(engine)?;
    let layers = super::open(engine, image)?;
    let name = image.names.first().unwrap_or(&image.id);
    let (reader, _) = unpack::open_parts(layers, name, &Keys::default(), &staging, selection)?;
    let contents = reader.unpack(staging.handle(), selection)?;
    let images = staging.path().join(layout::CHECKPOINT);
    let wrong = || Error::Invalid(format!("the memory of image {name} is no chain"));
    let chain = generations::chain(&images).map_err(|_| wrong())?;
    let (_, newest) = chain.first().ok_or_else(wrong)?;
    let listed = names.iter().rev().map(|(name, _)| name);
    if !contents.verified || !listed.eq(chain.iter().map(|(name, _)| name)) {
        return Err(wrong());
    }
    let mut generations = Vec::new();
    for (name, place) in names {
        let layer = &manifest.layers[*place];
        if !is_pure(engine, &layer.digest, name)? {
            return Err(wrong());
        }
        let diff_id = image.diff_ids.get(*place).cloned().ok_or_else(wrong)?;
        let mut stored = StoredLayer {
            media_type: layer.media_type.clone(),
            digest: layer.digest.clone(),
            size: layer.size,
            diff_id,
            unpacked: 0,
        };
        let found = Generation::new(name.as_str(), &stored, &contents.sums);
        // A header each, whole blocks, the directory, the link, the end.
        let blocks = found
            .members
            .iter()
            .map(|(_, len, _)| len.next_multiple_of(512) + 512);
        stored.unpacked = blocks.sum::<u64>() + 2048;
        generations.push(Generation::new(name.as_str(), &stored, &contents.sums));
    }
    let mut index = IndexWriter::begin(path)?;
    Split::compare(Memory::read(newest)?, None, &mut index)?;
    Ok(index.finish(None, &generations)?)
}

/// Whether a layer holds a generation and nothing else: all that is in it will be in the next image.
fn is_pure(engine: &Engine, digest: &str, name: &Name) -> Result<bool> {
    let blob = engine.blobs()?.open_blob(digest)?;
    let limits = Limits {
        total: machine::free_space(&engine.config.root)?,
        ..Limits::default()
    };
    let members = archive::parts::members(blob, digest.to_owned(), limits)?;
    let directory = format!("{}/{}", layout::CHECKPOINT, name.as_str());
    Ok(members.iter().all(|(member, kind, _)| {
        let inner = member.strip_prefix(&directory);
        let inside = inner.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        inside && *kind == layout::Kind::Memory
    }))
}

/// Removes indexes of images that are gone. The caller keeps others from adding images.
///
/// # Errors
/// When the store can't be read.
pub fn forget_indexes(engine: &Engine) -> Result<()> {
    let directory = engine.config.root.join("images/memory");
    let Ok(entries) = fs::read_dir(&directory) else {
        return Ok(());
    };
    let mut known = Vec::new();
    for image in engine.store.rows().images()? {
        if let Ok(manifest) = super::manifest(engine, &image)
            && let Some(names) = named(&manifest)
        {
            let digests = names
                .iter()
                .map(|(_, place)| manifest.layers[*place].digest.as_str());
            known.push(key(digests));
        }
    }
    for entry in entries.flatten() {
        let name = entry.file_name();
        if !known.iter().any(|known| name == known.as_str()) {
            remove_file_if_present(&entry.path())?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Neither knows the other: names of generations are the same text for both.
    #[test]
    fn archives_and_images_agree_on_names() {
        for number in 0..20 {
            let name = Name::new(number, "0123456789abcdef");
            let known = Name::parse(name.as_str()).map(|name| name.number());
            assert_eq!(layout::generation_number(name.as_str()), known, "{number}");
        }
        for text in [
            "memory-1",
            "memory-01-0123456789abcdef",
            "memory-1-0123456789abcdeg",
        ] {
            assert!(layout::generation_number(text).is_none() && Name::parse(text).is_none());
        }
    }

    /// What else is in a layer would be in each image that builds upon it.
    #[test]
    fn a_layer_with_more_than_its_generation_is_not_built_upon() -> Result<()> {
        let root = tempfile::tempdir()?;
        let engine = Engine::open(crate::config::Config::below(root.path()))?;
        let name = Name::new(1, "0123456789abcdef");
        let directory = format!("checkpoint/{}", name.as_str());
        let layer = |more: &str| -> Result<String> {
            let mut tar = tar::Builder::new(Vec::new());
            for member in [format!("{directory}/pages-1.img"), more.to_owned()] {
                let mut header = tar::Header::new_gnu();
                header.set_size(3);
                tar.append_data(&mut header, member, &b"abc"[..])?;
            }
            Ok(engine.blobs()?.write(&tar.into_inner()?)?)
        };
        let good = layer(&format!("{directory}/pagemap-1.img"))?;
        assert!(is_pure(&engine, &good, &name)?);
        for bad in [
            "checkpoint/core-1.img".to_owned(),
            "config.dump".to_owned(),
            format!("{directory}/core-1.img"),
            format!("{directory}-x/pages-2.img"),
        ] {
            assert!(!is_pure(&engine, &layer(&bad)?, &name)?, "{bad}");
        }
        Ok(())
    }

    #[test]
    fn layers_that_are_no_chain_are_none() {
        let layer = |name: &str| crate::image::manifest::Descriptor {
            annotations: [(dialect::GENERATION.to_owned(), name.to_owned())].into(),
            ..Default::default()
        };
        let of = |names: &[&str]| Manifest {
            layers: names.iter().map(|name| layer(name)).collect(),
            ..Manifest::default()
        };
        let (first, second) = ("memory-1-0123456789abcdef", "memory-2-0123456789abcdef");
        assert_eq!(
            named(&of(&[first, second])).map(|names| names.len()),
            Some(2)
        );
        for wrong in [
            &[][..],
            &[second],
            &[second, first],
            &[first, first],
            &[first, "x"],
        ] {
            assert_eq!(named(&of(wrong)), None, "{wrong:?}");
        }
    }
}
