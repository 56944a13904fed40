//! Every role grants what its function uses, and nothing else.
//!
//! A fixed scenario takes every operation of the API, the schedule, the dead letters and the worker
//! through the real binaries, each behind a proxy that writes down what it asks of the services.

#[path = "roles/grants.rs"]
mod grants;
#[path = "roles/jobs.rs"]
mod jobs;
#[path = "roles/orders.rs"]
mod orders;
#[path = "roles/people.rs"]
mod people;
#[path = "roles/player.rs"]
mod player;
#[path = "roles/scenario.rs"]
mod scenario;
#[path = "roles/sign_in.rs"]
mod sign_in;

use std::collections::BTreeSet;

use grants::Grant;

/// Rights that the scenario cannot use, each with its reason.
const UNSEEN: [(&str, &str, &str); 4] = [
    // A listing of nothing else shows whether an object is missing, so the right has no prefix; the
    // embedded S3 does not ask for it. See `SeeMissingUploads` in the template.
    ("MediaFunction", "SeeMissingUploads", "s3:ListBucket"),
    // Lambda itself takes dead letters, by the function's role.
    ("HousekeeperFunction", "TakeDeadLetters", "sqs:ReceiveMessage"),
    ("HousekeeperFunction", "TakeDeadLetters", "sqs:DeleteMessage"),
    ("HousekeeperFunction", "TakeDeadLetters", "sqs:GetQueueAttributes"),
];

#[tokio::test(flavor = "multi_thread")]
async fn roles_grant_what_is_used_and_nothing_else() {
    let (roles, seen) = scenario::play().await;
    let grants: Vec<Grant> = roles.iter().flat_map(Grant::of).collect();

    let missing: Vec<_> =
        seen.iter().filter(|used| !grants.iter().any(|grant| grant.covers(used))).collect();
    assert!(missing.is_empty(), "used and not granted: {missing:#?}");

    let unseen = |grant: &Grant| {
        UNSEEN.contains(&(grant.who.as_str(), grant.sid.as_str(), grant.action.as_str()))
    };
    let unused: BTreeSet<_> = grants
        .iter()
        .filter(|grant| !unseen(grant) && !seen.iter().any(|used| grant.covers(used)))
        .collect();
    assert!(unused.is_empty(), "granted and not used: {unused:#?}");
    for role in &roles {
        for taken in &role.statements {
            let rest = grants.iter().filter(|g| (&g.who, &g.sid) != (&role.logical_id, &taken.sid));
            let rest: Vec<_> = rest.collect();
            let missed = seen.iter().any(|used| !rest.iter().any(|grant| grant.covers(used)));
            let listed =
                UNSEEN.iter().any(|(who, sid, _)| (*who, *sid) == (&*role.logical_id, &*taken.sid));
            assert!(missed || listed, "{}.{} can be taken away", role.logical_id, taken.sid);
        }
    }
    for (who, sid, action) in UNSEEN {
        let there = grants
            .iter()
            .any(|grant| (&*grant.who, &*grant.sid, &*grant.action) == (who, sid, action));
        assert!(there, "{who} has no {sid} any more: take it from the list");
    }
}

#[test]
fn a_grant_that_is_too_narrow_or_too_wide_is_noticed() {
    grants::too_narrow_or_too_wide();
}
