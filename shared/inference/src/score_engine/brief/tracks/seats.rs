//! Who plays which role.

use super::{Cast, Choice, plays};

impl Choice<'_> {
    /// Gives each instrument a role, and as many of them as can be. `twice` gives a lone one a second: whoever asks for
    /// a piano hears it play both the tune and the chords.
    pub(super) fn assign(&self, instruments: &[usize], cast: &mut Cast, twice: bool) {
        let able: Vec<Vec<usize>> = instruments.iter().map(|index| self.roles_of(*index)).collect();
        let mut held = vec![None; cast.len()];
        for player in 0..instruments.len() {
            seat(player, &able, &mut held, &mut vec![false; cast.len()]);
        }
        for (seat, player) in cast.iter_mut().zip(&held) {
            *seat = player.map_or(*seat, |player| Some(instruments[player]));
        }
        let mut taken: Vec<bool> = held.iter().map(Option::is_some).collect();
        if !twice {
            return;
        }
        for role in ["comp", "lead", "arp"] {
            let Some(at) = self.vocabulary.roles.iter().position(|other| other == role) else {
                continue;
            };
            let able = instruments
                .iter()
                .find(|index| plays(&self.vocabulary.instruments[**index].1, role));
            if !taken[at] && instruments.len() == 1 && taken.iter().filter(|t| **t).count() < 2 {
                cast[at] = able.copied();
                taken[at] = able.is_some();
            }
        }
    }

    /// The roles that an instrument can play; first those that the style gives it, then its own order, and last those
    /// that are not wanted: a cello is no bass where there shall be none.
    fn roles_of(&self, index: usize) -> Vec<usize> {
        let (name, instrument) = &self.vocabulary.instruments[index];
        let usual = |role: &&String| {
            let track = self.style.tracks.get(*role);
            track.is_some_and(|track| track.instruments.contains_key(name))
        };
        let (mut first, second): (Vec<&String>, Vec<&String>) =
            instrument.roles.iter().partition(usual);
        first.extend(second);
        first.sort_by_key(|role| self.unwanted_role(role));
        first
            .iter()
            .filter_map(|role| self.vocabulary.roles.iter().position(|other| other == *role))
            .collect()
    }
}

/// Gives a player the first free role of those that it is able to play; or else one whose holder can move to another,
/// which is an augmenting path of bipartite matching (Kuhn, 1955). `tried` are roles that are no way out.
fn seat(
    player: usize,
    able: &[Vec<usize>],
    held: &mut [Option<usize>],
    tried: &mut [bool],
) -> bool {
    let free = able[player].iter().copied().find(|role| held[*role].is_none());
    let role = free.or_else(|| {
        able[player].iter().copied().find(|role| {
            !std::mem::replace(&mut tried[*role], true)
                && held[*role].is_some_and(|other| seat(other, able, held, tried))
        })
    });
    if let Some(role) = role {
        held[role] = Some(player);
    }
    role.is_some()
}
