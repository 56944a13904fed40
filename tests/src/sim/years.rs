//! Years in which most people do not come: time passes in leaps, and the housekeeper has a minute or two
//! after each.

use std::time::Duration;

use jiff::SignedDuration;
use reverie_domain::random;
use tokio::time::sleep;

use super::{machines::World, people::Person};

/// The leaps are of up to so many days.
const LEAP: u64 = 56;
/// How long it goes on, in days: longer than an account that nobody uses is kept.
const DAYS: u64 = 1_350;
/// For how long the trouble is back, in days.
const TROUBLED: u64 = DAYS - 150;
/// How often those come who do, in days.
const VISITS: u64 = 300;

/// Lets them pass. Half of those who can come again do so now and then.
///
/// # Errors
/// What a person must never see.
pub(super) async fn pass(world: &World, people: &mut [Person]) -> Result<(), String> {
    world.faults.resume();
    let (mut day, mut visited) = (0, 0);
    let mut comes: Vec<bool> = people
        .iter()
        .map(|person| person.can_come() && random::number().is_multiple_of(2))
        .collect();
    while day < DAYS {
        let leap = 1 + random::number() % LEAP;
        day += leap;
        // At most 56.
        world.pass(SignedDuration::from_hours(24 * leap as i64));
        world.faults.note(|| format!("day {day}"));
        if day > TROUBLED {
            world.faults.end();
        }
        sleep(Duration::from_secs(60 * (1 + random::number() % 2))).await;
        if day > visited + VISITS {
            visited = day;
            for (person, comes) in people.iter_mut().zip(&mut comes).filter(|(_, comes)| **comes) {
                *comes = person.visit().await?;
            }
        }
    }
    world.faults.end();
    for (person, _) in people.iter_mut().zip(comes).filter(|(_, comes)| *comes) {
        person.find_all().await?;
    }
    Ok(())
}
