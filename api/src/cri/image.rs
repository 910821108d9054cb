//! `ImageService`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use libcr::model::image::Image as Stored;
use libcr::ops::images::list::{find, list as all};
use libcr::ops::images::pull::{PullPolicy, pull as bring};
use libcr::ops::images::remove::remove as take_away;
use libcr::ops::images::{Access, Credentials};
use libcr::ops::lifecycle::ps;
use libcr::{Engine, ErrorKind};

use super::Refusal;
use super::door::Door;
use super::identity;
use super::messages::{
    AuthConfig, Empty, FilesystemUsage, Id, Image, ImageFsInfoResponse, ImageSpec,
    ImageStatusResponse, Int64Value, ListImagesRequest, ListImagesResponse, OfImage,
    PullImageRequest, UInt64Value,
};
use crate::shared::images::digests;

/// `ListImages`.
pub async fn list(door: Door, request: ListImagesRequest) -> Result<ListImagesResponse, Refusal> {
    let filter = request.filter.unwrap_or_default().image.unwrap_or_default();
    let list = move |engine: &Engine| {
        let images = if filter.image.is_empty() {
            all(engine)?.into_iter().map(|(image, _)| image).collect()
        } else {
            Vec::from_iter(known(engine, &filter.image)?)
        };
        Ok(ListImagesResponse {
            images: images.iter().map(described).collect(),
        })
    };
    door.run(list).await
}

/// The image that a word names, if there is one.
fn known(engine: &Engine, word: &str) -> Result<Option<Stored>, Refusal> {
    match find(engine, word) {
        Ok(image) => Ok(Some(image)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// The name in a request.
fn named(spec: Option<ImageSpec>) -> Result<String, Refusal> {
    let name = spec.unwrap_or_default().image;
    if name.is_empty() {
        return Err(Refusal::invalid("the request names no image"));
    }
    Ok(name)
}

fn described(image: &Stored) -> Image {
    let user = image.config["config"]["User"].as_str().unwrap_or_default();
    let user = user.split(':').next().unwrap_or_default();
    let uid = user.parse().ok().map(|value| Int64Value { value });
    Image {
        id: image.id.clone(),
        repo_tags: image.names.clone(),
        repo_digests: digests(image),
        size: image.size,
        username: if uid.is_some() { "" } else { user }.to_owned(),
        uid,
    }
}

/// `ImageStatus`: without an image where there is none.
pub async fn status(door: Door, request: OfImage) -> Result<ImageStatusResponse, Refusal> {
    let name = named(request.image)?;
    let status = move |engine: &Engine| {
        Ok(ImageStatusResponse {
            image: known(engine, &name)?.as_ref().map(described),
            ..ImageStatusResponse::default()
        })
    };
    door.run(status).await
}

/// `PullImage`: returns the id by which containers are made of it.
pub async fn pull(door: Door, request: PullImageRequest) -> Result<Id, Refusal> {
    let name = named(request.image)?;
    let access = Access {
        credentials: request.auth.as_ref().map_or(Ok(None), credentials)?,
        ..Access::default()
    };
    door.run_cancelled(move |engine, cancel| {
        let image = bring(engine, &name, PullPolicy::Always, &access, cancel)?;
        Ok(Id { id: image.id })
    })
    .await
}

fn credentials(auth: &AuthConfig) -> Result<Option<Credentials>, Refusal> {
    if !auth.registry_token.is_empty() {
        return Err(Refusal::unsupported("registry_token"));
    }
    if !auth.identity_token.is_empty() {
        return Ok(Some(Credentials {
            user: String::new(),
            secret: auth.identity_token.clone(),
            is_token: true,
        }));
    }
    let (mut user, mut secret) = (auth.username.clone(), auth.password.clone());
    if user.is_empty() && !auth.auth.is_empty() {
        let wrong = || Refusal::invalid("invalid auth: it must be base64 of USER:PASSWORD");
        let bytes = STANDARD.decode(&auth.auth).map_err(|_| wrong())?;
        let text = String::from_utf8(bytes).map_err(|_| wrong())?;
        let (name, password) = text.split_once(':').ok_or_else(wrong)?;
        (user, secret) = (name.to_owned(), password.to_owned());
    }
    Ok((!user.is_empty()).then_some(Credentials {
        user,
        secret,
        is_token: false,
    }))
}

/// `RemoveImage`, with all its names. One that is gone is removed.
pub async fn remove(door: Door, request: OfImage) -> Result<Empty, Refusal> {
    let name = named(request.image)?;
    let remove = move |engine: &Engine| {
        let Some(image) = known(engine, &name)? else {
            return Ok(Empty {});
        };
        let used = ps::list(engine)?.into_iter().find(|one| {
            let rootfs = &one.config.rootfs;
            matches!(rootfs, libcr::model::container::Rootfs::Image { id, .. } if *id == image.id)
        });
        if used.is_some() || image.names.len() < 2 {
            // The engine says by whom.
            take_away(engine, &image.id, false)?;
            return Ok(Empty {});
        }
        for name in &image.names {
            take_away(engine, name, false)?;
        }
        Ok(Empty {})
    };
    door.run(remove).await
}

/// `ImageFsInfo`: images and containers are on the engine's own file system.
pub async fn file_systems(door: Door, _: Empty) -> Result<ImageFsInfoResponse, Refusal> {
    let info = move |engine: &Engine| {
        let images = all(engine)?;
        let bytes = images.iter().map(|(image, _)| image.size).sum();
        let usage = FilesystemUsage {
            timestamp: identity::now(),
            fs_id: Some(Id {
                id: engine.config.root.display().to_string(),
            }),
            used_bytes: Some(UInt64Value { value: bytes }),
            inodes_used: Some(UInt64Value { value: 0 }),
        };
        Ok(ImageFsInfoResponse {
            image_filesystems: vec![usage.clone()],
            container_filesystems: vec![usage],
        })
    };
    door.run(info).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_the_client_is() {
        let auth = AuthConfig {
            auth: STANDARD.encode("me:se:cret"),
            ..AuthConfig::default()
        };
        let read = credentials(&auth).unwrap().unwrap();
        assert_eq!(
            (read.user.as_str(), read.secret.as_str()),
            ("me", "se:cret")
        );
        assert!(credentials(&AuthConfig::default()).unwrap().is_none());
        let bad = AuthConfig {
            auth: "%".into(),
            ..AuthConfig::default()
        };
        assert!(credentials(&bad).is_err());
        assert!(!format!("{auth:?}").contains("me"));
    }
}
