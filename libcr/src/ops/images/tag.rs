//! `tag` and `untag`: names of an image.

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::image::ImageError;
use crate::image::reference::Reference;
use crate::ops::steps::image_lookup;

/// Gives an image further names, taken from the images that have them now, and tells them whole.
///
/// # Errors
/// [`Error::NoSuchImage`]; [`ImageError`] for what is no name: none is given then.
pub fn tag(engine: &Engine, word: &str, names: &[String]) -> Result<Vec<String>> {
    let names = names
        .iter()
        .map(|name| match Reference::parse(name) {
            Ok(name) => Ok(name.local().to_string()),
            Err(error) => Err(ImageError::from(error)),
        })
        .collect::<std::result::Result<Vec<_>, _>>()?;
    // Nobody removes the image in between.
    engine.store.transaction(|rows| {
        let (mut image, _) = image_lookup::find(engine, word)?;
        image.names = names;
        rows.insert_image(&image)?;
        for name in &image.names {
            rows.insert_image_event("tag", &image.id, name)?;
        }
        Ok(image.names)
    })
}

/// Takes names from an image, all that it has where none are given; the image stays.
///
/// # Errors
/// [`Error::NoSuchImage`]; [`Error::Invalid`] for a name that the image doesn't have: none is taken
/// then.
pub fn untag(engine: &Engine, word: &str, names: &[String]) -> Result<()> {
    engine.store.transaction(|rows| {
        let (image, _) = image_lookup::find(engine, word)?;
        let mut doomed = Vec::new();
        for name in names {
            let reference = Reference::parse(name).map_err(ImageError::from)?;
            let candidates = reference.candidates();
            let mut candidates = candidates.iter().map(ToString::to_string);
            match candidates.find(|candidate| image.names.contains(candidate)) {
                Some(name) => doomed.push(name),
                None => {
                    return Err(Error::Invalid(format!(
                        "{}: tag not known",
                        reference.local()
                    )));
                }
            }
        }
        if names.is_empty() {
            doomed.clone_from(&image.names);
        }
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
    fn names_come_and_go() -> Result<()> {
        let root = tempfile::tempdir()?;
        let engine = Engine::open(Config::below(root.path()))?;
        for (id, name) in [("a", "one"), ("b", "two")] {
            let image = Image {
                id: id.repeat(64),
                digest: format!("sha256:{}", id.repeat(64)),
                diff_ids: Vec::new(),
                names: vec![format!("localhost/{name}:latest")],
                size: 0,
                created: "2026-01-01T00:00:00Z".into(),
                config: serde_json::Value::Null,
            };
            engine.store.transaction(|rows| rows.insert_image(&image))?;
        }
        let names = |word: &str| Ok::<_, Error>(image_lookup::find(&engine, word)?.0.names);
        let words = |words: &[&str]| words.iter().map(ToString::to_string).collect::<Vec<_>>();
        tag(&engine, "one", &words(&["two", "q.io/x:1"]))?;
        assert_eq!(
            names("one")?,
            ["localhost/one:latest", "localhost/two:latest", "q.io/x:1"]
        );
        assert!(names(&"b".repeat(64))?.is_empty());
        assert!(tag(&engine, "one", &words(&["good", "B@D"])).is_err());
        assert!(tag(&engine, "nobody", &words(&["x"])).is_err());
        assert!(untag(&engine, "one", &words(&["two", "other"])).is_err());
        untag(&engine, "one", &words(&["two"]))?;
        assert_eq!(names("one")?, ["localhost/one:latest", "q.io/x:1"]);
        untag(&engine, "one", &[])?;
        assert!(names(&"a".repeat(64))?.is_empty());
        Ok(())
    }
}
