use super::*;

#[test]
fn two_passes_an_hour_apart_and_a_mark_until_backups_are_gone() {
    let now: Timestamp = "2026-11-01T00:00:00Z".parse().unwrap();
    let mut erasure = Erasure::begin(now, AccountId::new(), None);
    let steps = [Step::Copy, Step::Jobs, Step::Rows, Step::Objects];
    for (step, last_pass) in steps.map(|step| (step, false)) {
        assert_eq!((erasure.step, erasure.last_pass), (step, last_pass));
        assert_eq!(erasure.due_at, Some(now));
        erasure = erasure.stepped(now);
    }
    let later = now + LAST_PASS;
    assert_eq!(erasure.due_at, Some(later));
    for step in [Step::Jobs, Step::Rows, Step::Objects] {
        assert_eq!((erasure.step, erasure.last_pass), (step, true));
        erasure = erasure.stepped(later);
    }
    assert_eq!((erasure.step, erasure.completed_at), (Step::Remember, Some(later)));
    let gone = later + SignedDuration::from_hours(24 * BACKUP_DAYS);
    assert_eq!(erasure.due_at, Some(gone));
    assert!(erasure.account.is_some());
    let ended = erasure.stepped(gone);
    assert_eq!((ended.step, ended.account, ended.due_at), (Step::Ended, None, None));

    let again = erasure.again(gone);
    assert_eq!((again.step, again.due_at), (Step::Copy, Some(gone)));
    assert_eq!(again.completed_at, Some(later), "the first end stays");
}

/// An erasure after its last pass, beside one that met no order.
fn over(told: bool) -> (Timestamp, Erasure, Erasure) {
    let now: Timestamp = "2026-11-01T00:00:00Z".parse().unwrap();
    let mut free = Erasure::begin(now, AccountId::new(), Some("hash".to_owned()));
    while (free.step, free.last_pass) != (Step::Objects, true) {
        free = free.stepped(now);
    }
    (now, free.held(now, told), free.stepped(now))
}

const LAST: HoldEnd = HoldEnd { told: true, deleted: true, waits: false, waits_openly: false };

#[test]
fn a_copy_is_told_of_until_the_order_ends() {
    let (now, held, free) = over(true);
    assert_eq!((held.status(), held.over_at()), (ErasureStatus::Held, None));
    assert_eq!(held.kept(now).len(), free.kept(now).len() + 1);
    let later = now + SignedDuration::from_hours(9_000);
    let other = HoldEnd { waits: true, waits_openly: true, ..LAST };
    let one = held.hold_ended(later, other);
    assert_eq!((one.status(), one.due_at), (ErasureStatus::Held, held.due_at));
    let ended = one.hold_ended(later, LAST);
    assert_eq!((ended.status(), ended.over_at()), (ErasureStatus::Completed, Some(later)));
    assert_eq!((ended.due_at, ended.deleted["bucket.holds/"]), (Some(later), 2));
    let remembered = ended.stepped(later);
    assert_eq!(remembered.step, Step::Remember);
    assert_eq!(remembered.due_at, remembered.backups_gone_at());
}

#[test]
fn of_a_secret_order_the_receipt_is_what_it_would_be_without() {
    let (now, held, free) = over(false);
    let seen = |erasure: &Erasure, at| {
        let (over, gone) = (erasure.over_at(), erasure.backups_gone_at());
        (erasure.status(), over, gone, erasure.kept(at), erasure.deleted.clone())
    };
    let later = now + SignedDuration::from_hours(9_000);
    let gone = free.backups_gone_at().unwrap();
    let secretly = held.hold_ended(later, HoldEnd { told: false, ..LAST });
    for (at, free) in [(now, &free), (gone, &free.stepped(gone))] {
        assert_eq!(seen(&held, at), seen(free, at));
        assert_eq!(seen(&secretly, at), seen(free, at));
    }
    assert_eq!(secretly.due_at, Some(later), "it goes on all the same");
    assert_eq!(secretly.stepped(later).due_at, Some(later + BACKUPS));
    // What may be told in the end is told.
    let openly = held.hold_ended(later, LAST);
    assert_eq!(openly.over_at(), Some(later));
}

#[test]
fn a_copy_that_was_told_of_is_seen_to_end_however_it_is_released() {
    let (now, held, _) = over(true);
    let later = now + SignedDuration::from_hours(9_000);
    let secretly = HoldEnd { told: false, ..LAST };
    let waits = held.hold_ended(later, HoldEnd { waits: true, ..secretly });
    let last = waits.hold_ended(later + LAST_PASS, secretly);
    for ended in [held.hold_ended(later, secretly), waits, last] {
        assert_eq!((ended.status(), ended.over_at()), (ErasureStatus::Completed, Some(later)));
        assert_eq!(ended.deleted, held.deleted, "the end itself is not told of");
    }
    let openly = HoldEnd { waits: true, waits_openly: true, ..secretly };
    assert_eq!(held.hold_ended(later, openly).status(), ErasureStatus::Held);
}

#[test]
fn every_prefix_of_personal_data_is_emptied() {
    let account = AccountId::new();
    let places = crate::personal::REGISTER.iter().flat_map(|data| data.stored_in);
    for place in places.filter(|place| place.store == "bucket" && place.kind != HOLDS) {
        let covered = prefixes(account).iter().any(|prefix| prefix.starts_with(place.kind));
        assert!(covered, "{} is not erased", place.kind);
    }
    assert!(prefixes(account).iter().all(|prefix| prefix.ends_with(&format!("/{account}/"))));
}

#[test]
fn counts_add_up() {
    let now: Timestamp = "2026-11-01T00:00:00Z".parse().unwrap();
    let erasure = Erasure::begin(now, AccountId::new(), None);
    let rows = |number| [("generations.job".to_owned(), number)];
    let counted = erasure.counted(rows(2)).counted(rows(3));
    assert_eq!(counted.deleted["generations.job"], 5);
    assert_eq!(counted.version, 3);
}
