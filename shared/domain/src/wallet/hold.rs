use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    credits::Credits,
    ids::{GenerationId, WalletId},
};

/// Credits reserved for one job. It remembers where they came from, so that they go back there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// The job; each job has exactly one hold.
    pub generation: GenerationId,
    /// The wallet.
    pub wallet: WalletId,
    /// The part taken from plan credits.
    pub from_plan: Credits,
    /// The part taken from bought credits.
    pub from_bought: Credits,
    /// The period of the plan credits taken.
    pub plan_period_end: Option<Timestamp>,
    /// Open until captured or released, once.
    pub state: HoldState,
    /// 1 while open, 2 once resolved.
    pub version: u64,
    /// When the credits were reserved.
    pub created_at: Timestamp,
    /// When the hold was captured or released.
    pub resolved_at: Option<Timestamp>,
}

/// Where a hold is in its life: `open → captured | released`, one way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HoldState {
    /// The credits are reserved.
    Open,
    /// The credits are spent.
    Captured,
    /// The credits went back.
    Released,
}

impl Hold {
    /// All that is held.
    #[must_use]
    pub fn amount(&self) -> Credits {
        // The two parts were split from one amount, so their sum fits.
        self.from_plan.plus(self.from_bought).unwrap_or(Credits::new(u32::MAX))
    }

    pub(super) fn resolved(&self, state: HoldState, now: Timestamp) -> Self {
        Self { state, version: self.version + 1, resolved_at: Some(now), ..self.clone() }
    }
}
