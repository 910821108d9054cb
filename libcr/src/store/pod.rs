//! Rows of `pods` and `pod_members`.

use rusqlite::params;

use super::{Rows, StoreError, to_json};
use crate::model::container::pod::Pod;
use crate::model::container::{Container, ContainerConfig};
use crate::model::operation::Intent;

impl Rows<'_> {
    /// Adds a pod; its infra container comes after it.
    ///
    /// # Errors
    /// [`StoreError::PodExists`].
    pub fn insert_pod(&self, pod: &Pod) -> Result<(), StoreError> {
        if self.pod_of_name(&pod.name)?.is_some() {
            return Err(StoreError::PodExists(pod.name.clone()));
        }
        self.execute(
            "INSERT INTO pods (id, name, created, pod) VALUES (?1, ?2, ?3, ?4)",
            params![pod.id, pod.name, pod.created, to_json(pod)],
        )?;
        Ok(())
    }

    /// Removes a pod's row.
    ///
    /// # Errors
    /// [`StoreError::PodInUse`] while a container is in it.
    pub fn delete_pod(&self, id: &str) -> Result<(), StoreError> {
        let members = self.members_of_pod(id)?;
        if !members.is_empty() {
            return Err(StoreError::PodInUse {
                pod: id.to_owned(),
                members: members.join(", "),
            });
        }
        self.execute("DELETE FROM pods WHERE id = ?1", params![id])?;
        Ok(())
    }

    /// The pod with this full id.
    pub fn pod(&self, id: &str) -> Result<Option<Pod>, StoreError> {
        Ok(self
            .select_pods("WHERE id = ?1", params![id])?
            .into_iter()
            .next())
    }

    /// The pod that has this name.
    pub fn pod_of_name(&self, name: &str) -> Result<Option<Pod>, StoreError> {
        let found = self.select_pods("WHERE name = ?1", params![name])?;
        Ok(found.into_iter().next())
    }

    /// Pods that a word names: by exact name, else by beginning of id.
    pub fn pods_named(&self, word: &str) -> Result<Vec<Pod>, StoreError> {
        let exact = self.select_pods("WHERE name = ?1 OR id = ?1", params![word])?;
        if !exact.is_empty() || !crate::model::id::is_id_prefix(word) {
            return Ok(exact);
        }
        self.select_pods("WHERE id GLOB ?1", params![format!("{word}*")])
    }

    /// All pods, oldest first.
    pub fn pods(&self) -> Result<Vec<Pod>, StoreError> {
        self.select_pods("ORDER BY created, id", [])
    }

    /// Ids of the containers of a pod, oldest first.
    pub fn members_of_pod(&self, pod: &str) -> Result<Vec<String>, StoreError> {
        self.query(
            "SELECT container FROM pod_members JOIN containers ON id = container WHERE pod = ?1 ORDER BY created, id",
            params![pod],
            |row| row.get(0),
        )
    }

    /// The containers of a pod, oldest first.
    pub fn containers_of_pod(&self, pod: &str) -> Result<Vec<Container>, StoreError> {
        let members = self.members_of_pod(pod)?;
        let read = |id: &String| self.container(id).transpose();
        members.iter().filter_map(read).collect()
    }

    /// Writes down which pod a container is in; its own row is there.
    ///
    /// # Errors
    /// [`StoreError::NoSuchPod`], also for one that is just being removed.
    pub(super) fn insert_membership(&self, config: &ContainerConfig) -> Result<(), StoreError> {
        let Some(membership) = &config.pod else {
            return Ok(());
        };
        let missing = || StoreError::NoSuchPod(membership.pod.clone());
        let pod = self.pod(&membership.pod)?.ok_or_else(missing)?;
        // Its infra container is what a removal takes last.
        let leaving = |id: &String| -> Result<bool, StoreError> {
            let operations = self.operations()?;
            Ok(operations
                .iter()
                .any(|one| one.container == *id && one.intent == Intent::Remove))
        };
        if pod.infra.as_ref().map_or(Ok(false), leaving)? {
            return Err(missing());
        }
        self.execute(
            "INSERT INTO pod_members (container, pod) VALUES (?1, ?2)",
            params![config.id, membership.pod],
        )?;
        Ok(())
    }

    fn select_pods(
        &self,
        rest: &str,
        values: impl rusqlite::Params,
    ) -> Result<Vec<Pod>, StoreError> {
        let sql = format!("SELECT id, pod FROM pods {rest}");
        let rows = self.query(&sql, values, |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?))
        })?;
        let read = |(key, text): (String, String)| {
            serde_json::from_str(&text).map_err(|source| StoreError::Row {
                table: "pods",
                key,
                source,
            })
        };
        rows.into_iter().map(read).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;
    use crate::model::container::example;
    use crate::model::container::pod::{ExitPolicy, Membership};
    use crate::model::operation::ProcessIdentity;
    use crate::store::Store;

    fn pod(id: &str, infra: Option<&str>) -> Pod {
        Pod {
            id: id.into(),
            name: format!("name-of-{id}"),
            created: "2026-01-01T00:00:00Z".into(),
            labels: BTreeMap::new(),
            shared: BTreeSet::new(),
            infra: infra.map(str::to_owned),
            hostname: String::new(),
            exit_policy: ExitPolicy::Continue,
            own_cgroup: true,
            cgroup_parent: String::new(),
            stays_down: false,
            create_command: Vec::new(),
        }
    }

    fn member(id: &str, pod: &str) -> Container {
        let mut container = example(id);
        container.config.pod = Some(Membership {
            pod: pod.into(),
            is_infra: false,
            joins: String::new(),
            shares: BTreeSet::new(),
            in_cgroup: true,
            cgroup_parent: String::new(),
        });
        container
    }

    #[test]
    fn a_pod_goes_after_its_containers_and_takes_none_while_it_goes()
    -> Result<(), Box<dyn std::error::Error>> {
        let root = tempfile::tempdir()?;
        let store = Store::open(root.path())?;
        store.transaction(|rows| {
            rows.insert_pod(&pod("p", Some("i")))?;
            rows.insert_container(&member("i", "p"))
        })?;
        let twice = store.transaction(|rows| rows.insert_pod(&pod("p", None)));
        assert!(matches!(twice, Err(StoreError::PodExists(_))));
        let used = store.transaction(|rows| rows.delete_pod("p"));
        assert!(matches!(used, Err(StoreError::PodInUse { .. })));
        let nowhere = store.transaction(|rows| rows.insert_container(&member("a", "q")));
        assert!(matches!(nowhere, Err(StoreError::NoSuchPod(_))));
        let owner = ProcessIdentity {
            pid: 1,
            start_time: 1,
            boot_id: String::new(),
        };
        store.transaction(|rows| rows.begin_operation("i", &Intent::Remove, &owner))?;
        let late = store.transaction(|rows| rows.insert_container(&member("a", "p")));
        assert!(matches!(late, Err(StoreError::NoSuchPod(_))));
        store.transaction(|rows| {
            rows.delete_container("i")?;
            rows.delete_pod("p")
        })?;
        assert!(store.rows().pods()?.is_empty());
        Ok(())
    }
}
