//! One action on one resource that a role grants.

use reverie::template::Role;
use reverie_tests::Use;

/// One action on one resource.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Grant {
    pub(crate) who: String,
    pub(crate) sid: String,
    pub(crate) action: String,
    resource: String,
    prefix: Option<String>,
}

impl Grant {
    /// What a role grants, each part on its own, so that each must be used.
    pub(crate) fn of(role: &Role) -> Vec<Self> {
        let mut grants = Vec::new();
        for statement in &role.statements {
            let mut prefixes: Vec<_> = statement.prefixes.iter().cloned().map(Some).collect();
            if prefixes.is_empty() {
                prefixes.push(None);
            }
            for action in &statement.actions {
                for resource in &statement.resources {
                    grants.extend(prefixes.iter().map(|prefix| Self {
                        who: role.logical_id.clone(),
                        sid: statement.sid.clone(),
                        action: action.clone(),
                        resource: resource.clone(),
                        prefix: prefix.clone(),
                    }));
                }
            }
        }
        grants
    }

    /// Whether it allows this.
    pub(crate) fn covers(&self, used: &Use) -> bool {
        self.who == used.who
            && self.action == used.action
            && like(&self.resource, &used.resource)
            && self.prefix.as_ref().is_none_or(|prefix| like(prefix, &used.prefix))
    }
}

/// IAM's `StringLike`, as far as the template needs it: one `*` at the end or none.
fn like(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        Some((start, "")) => text.starts_with(start),
        Some(_) => panic!("{pattern} has more than one star at its end"),
        None => pattern == text,
    }
}

pub(crate) fn too_narrow_or_too_wide() {
    let grant = |resource: &str, prefix: Option<&str>| Grant {
        who: "Media".to_owned(),
        sid: String::new(),
        action: "s3:ListBucket".to_owned(),
        resource: resource.to_owned(),
        prefix: prefix.map(str::to_owned),
    };
    let used = Use {
        who: "Media".to_owned(),
        action: "s3:ListBucket".to_owned(),
        resource: "arn:aws:s3:::media".to_owned(),
        prefix: "results/free/".to_owned(),
    };
    assert!(grant("arn:aws:s3:::media", Some("results/*")).covers(&used));
    assert!(!grant("arn:aws:s3:::media", Some("uploads/*")).covers(&used));
    assert!(!grant("arn:aws:s3:::other", None).covers(&used));
    assert!(!Grant { who: "Auth".to_owned(), ..grant("arn:aws:s3:::media", None) }.covers(&used));
    let put = Use { action: "s3:PutObject".to_owned(), ..used };
    assert!(!grant("arn:aws:s3:::media", None).covers(&put));
}
