//! `tag` and `untag`: further names of an image, and fewer.

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::image::ImageError;
use crate::image::reference::Reference;
use crate::ops::steps::image_lookup;

/// Gives the image that a word names a further name, taken from the image that had it before;
/// returns the full name.
///
/// # Errors
/// [`Error::NoSuchImage`]; [`ImageError::Reference`] for a name that is none; [`Error::Invalid`] for
/// a digest, which nobody can give.
pub fn tag(engine: &Engine, word: &str, new: &str) -> Result<String> {
    let reference = Reference::parse(new).map_err(ImageError::from)?;
    if reference.digest.is_some() {
        return Err(Error::Invalid(format!(
            "{new}: a name with a digest cannot be given to an image"
        )));
    }
    let name = reference.local().to_string();
    engine.store.transaction(|rows| {
        let (mut image, _) = image_lookup::find(engine, word)?;
        image.names = vec![name.clone()];
        rows.insert_image(&image)?;
        rows.insert_image_event("tag", &image.id, &name)
            .map_err(Error::from)
    })?;
    Ok(name)
}

/// Takes a name from the image that a word names, or with `None` all of them. The image stays.
///
/// # Errors
/// [`Error::NoSuchImage`]; [`Error::Conflict`] for a name of another image.
pub fn untag(engine: &Engine, word: &str, name: Option<&str>) -> Result<()> {
    engine.store.transaction(|rows| {
        let (image, _) = image_lookup::find(engine, word)?;
        let doomed = match name {
            None => image.names.clone(),
            Some(name) => {
                let (other, full) = image_lookup::find(engine, name)?;
                if other.id != image.id {
                    return Err(Error::Conflict(format!(
                        "{name} is a name of image {}, not of {}",
                        other.id, image.id
                    )));
                }
                vec![full]
            }
        };
        for name in &doomed {
            rows.delete_image_name(name)?;
            rows.insert_image_event("untag", &image.id, name)?;
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::model::image::Image;

    #[test]
    fn names_come_and_go_and_move() -> Result<()> {
        let root = tempfile::tempdir()?;
        let engine = Engine::open(Config {
            root: root.path().join("lib"),
            run_root: root.path().join("run"),
            ..Config::default()
        })?;
        let image = |id: &str| Image {
            id: id.repeat(64),
            digest: format!("sha256:{}", id.repeat(64)),
            diff_ids: Vec::new(),
            names: vec![format!("localhost/{id}:latest")],
            size: 0,
            created: "2026-01-01T00:00:00Z".into(),
            config: serde_json::Value::Null,
        };
        engine.store.transaction(|rows| {
            rows.insert_image(&image("a"))?;
            rows.insert_image(&image("b")).map_err(Error::from)
        })?;
        assert_eq!(tag(&engine, "a", "web:1")?, "localhost/web:1");
        assert_eq!(image_lookup::find(&engine, "web:1")?.0.id, "a".repeat(64));
        tag(&engine, "localhost/b", "web:1")?;
        assert_eq!(image_lookup::find(&engine, "web:1")?.0.id, "b".repeat(64));
        let foreign = untag(&engine, "localhost/a:latest", Some("web:1"));
        assert!(matches!(foreign, Err(Error::Conflict(_))));
        untag(&engine, "web:1", None)?;
        let b = image_lookup::find(&engine, &"b".repeat(64))?.0;
        assert!(b.names.is_empty());
        for (word, new) in [("nosuch", "x"), ("localhost/a", "Not A Name")] {
            assert!(tag(&engine, word, new).is_err(), "{word} {new}");
        }
        let digest = format!("x@sha256:{}", "0".repeat(64));
        assert!(matches!(
            tag(&engine, "localhost/a", &digest),
            Err(Error::Invalid(_))
        ));
        Ok(())
    }
}
