use std::collections::BTreeMap;

use axum::{Json, extract::State};
use jiff::{ToSpan, civil::Date};
use reverie_api::{App, Params, Problem};
use reverie_domain::{
    manifest::Kind,
    usage::{Day, FLOOR, Facet, Shown, ShownDays, Table, day_of},
};
use reverie_store::usage;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::acting::{Operator, act};

/// The most days of one answer.
const MOST_DAYS: i32 = 366;
/// How many days there are in an answer if nothing else is said.
const USUAL_DAYS: i32 = 30;

/// Which days.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct StatsQuery {
    /// The first day, UTC; 29 days before the last, if not said.
    #[param(value_type = Option<String>, format = Date)]
    from: Option<Date>,
    /// The last day; yesterday, if not said. At most 366 days in all.
    #[param(value_type = Option<String>, format = Date)]
    to: Option<Date>,
}

/// Figures of the use, about nobody. Only of days that are over, which takes an hour more; nothing is said of
/// fewer jobs than `floor` on one day, and what is withheld of one day is in no sum.
#[derive(Serialize, ToSchema)]
#[schema(as = Stats)]
pub(crate) struct View {
    #[schema(value_type = String, format = Date)]
    from: Date,
    #[schema(value_type = String, format = Date)]
    to: Date,
    /// The fewest jobs of a day about which anything is said.
    floor: u64,
    /// All days together, by kind of work.
    kinds: BTreeMap<Kind, KindStats>,
    /// How many jobs each day had, by kind of work. Days that are not here have none, or too few.
    days: Vec<DayStats>,
}

/// One kind of work.
#[derive(Serialize, ToSchema)]
#[schema(as = UsageOfKind)]
pub(crate) struct KindStats {
    /// How many jobs ended.
    jobs: u64,
    /// The share of them that failed.
    failed: Option<Share>,
    /// How long they waited for a worker. What came from the cache is not among them.
    waited: Percentiles,
    /// How long they took from then to their end.
    computed: Percentiles,
    /// How many had which outcome and which settings. The words of each facet and what is withheld of it
    /// add up to `jobs`.
    facets: BTreeMap<Facet, Table>,
}

/// A share from 0 to 1. Both are the same where nothing is withheld.
#[derive(Serialize, ToSchema)]
pub(crate) struct Share {
    at_least: f64,
    at_most: f64,
}

/// Seconds that so many of a hundred jobs did not exceed: the upper ends of the bands in `facets`. `null` is
/// above all of them, or not known.
#[derive(Serialize, ToSchema)]
pub(crate) struct Percentiles {
    p50: Option<u32>,
    p95: Option<u32>,
    p99: Option<u32>,
}

/// One day.
#[derive(Serialize, ToSchema)]
#[schema(as = UsageOfDay)]
pub(crate) struct DayStats {
    #[schema(value_type = String, format = Date)]
    day: Date,
    jobs: BTreeMap<Kind, u64>,
}

/// Figures of the use: how many, with which settings, how long they took, how they ended.
#[utoipa::path(
    get, path = "/v1/operator/stats", tag = "operator", security(("bearer" = [])),
    params(StatsQuery),
    responses(
        (status = 200, body = View),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "Only operators."),
        (status = 422, body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn show(
    State(app): State<App>,
    operator: Operator,
    Params(query): Params<StatsQuery>,
) -> Result<Json<View>, Problem> {
    let days = query.days(day_of(app.now()))?;
    act(&app, operator.line(&app, "stats.show"), &[]).await?;
    let closed = usage::closed_days(&*app.tables, &days).await?;
    Ok(Json(View::of(&days, &closed)))
}

impl StatsQuery {
    /// The days that are wanted; at least one.
    fn days(&self, today: Date) -> Result<Vec<Date>, Problem> {
        let (to, usual) = match self.to {
            Some(to) => (to, to.saturating_sub((USUAL_DAYS - 1).days())),
            None => (today.saturating_sub(1.day()), today.saturating_sub(USUAL_DAYS.days())),
        };
        let from = self.from.unwrap_or(usual);
        if from > to {
            return Err(Problem::invalid_field("from", "must not be after `to`"));
        }
        let mut days: Vec<Date> = from.series(1.day()).take(MOST_DAYS as usize + 1).collect();
        days.retain(|day| *day <= to);
        match days.len() > MOST_DAYS as usize {
            true => Err(Problem::invalid_field("from", "must be at most 365 days before `to`")),
            false => Ok(days),
        }
    }
}

impl View {
    fn of(days: &[Date], closed: &[Day]) -> Self {
        let (mut all, mut each) = (ShownDays::default(), Vec::new());
        for day in closed {
            let mut alone = ShownDays::default();
            all.add(day);
            alone.add(day);
            let jobs = |(kind, shown): (Kind, Shown)| (kind, shown.jobs);
            let jobs: BTreeMap<_, _> = alone.kinds.into_iter().map(jobs).collect();
            if !jobs.is_empty() {
                each.push(DayStats { day: day.day, jobs });
            }
        }
        let kinds = all.kinds.into_iter().map(|(kind, shown)| (kind, KindStats::of(shown)));
        Self {
            from: days.first().copied().unwrap_or_default(),
            to: days.last().copied().unwrap_or_default(),
            floor: FLOOR,
            kinds: kinds.collect(),
            days: each,
        }
    }
}

impl KindStats {
    fn of(shown: Shown) -> Self {
        let percentiles = |facet| {
            let [p50, p95, p99] = [50, 95, 99].map(|percent| shown.percentile(facet, percent));
            Percentiles { p50, p95, p99 }
        };
        let share = |(at_least, at_most)| Share { at_least, at_most };
        Self {
            jobs: shown.jobs,
            failed: shown.share(Facet::Outcome, "failed").map(share),
            waited: percentiles(Facet::Waited),
            computed: percentiles(Facet::Computed),
            facets: shown.facets,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(from: Option<&str>, to: Option<&str>) -> Result<(String, String, usize), Problem> {
        let date = |text: &str| text.parse().unwrap();
        let query = StatsQuery { from: from.map(date), to: to.map(date) };
        let days = query.days(Date::constant(2026, 11, 28))?;
        Ok((days[0].to_string(), days[days.len() - 1].to_string(), days.len()))
    }

    #[test]
    fn without_a_word_it_is_the_last_thirty_days_and_never_more_than_a_year() {
        let said = |from: &str, to: &str, days| Ok::<_, ()>((from.to_owned(), to.to_owned(), days));
        let is = |from, to| days(from, to).map_err(drop);
        assert_eq!(is(None, None), said("2026-10-29", "2026-11-27", 30));
        assert_eq!(is(None, Some("2026-03-30")), said("2026-03-01", "2026-03-30", 30));
        assert_eq!(is(Some("2026-11-27"), None), said("2026-11-27", "2026-11-27", 1));
        let leap = is(Some("2024-01-01"), Some("2024-12-31"));
        assert_eq!(leap, said("2024-01-01", "2024-12-31", 366));
        assert!(is(Some("2026-11-28"), None).is_err());
        assert!(is(Some("2020-01-01"), None).is_err());
        assert!(is(Some("-009999-01-01"), Some("9999-12-31")).is_err());
        assert_eq!(is(None, Some("9999-12-31")), said("9999-12-02", "9999-12-31", 30));
        assert_eq!(is(None, Some("-009999-01-01")), said("-009999-01-01", "-009999-01-01", 1));
    }
}
