//! Counts times prices.

use super::{Counted, Prices, fleet::Fleet};

/// Memory of the functions that hold answers, in GB: `MemorySize` of the template.
const FUNCTION_GB: f64 = 0.5;
/// For how many days results are kept at least: `results/free/`.
const RESULT_DAYS: f64 = 7.0;
const GB: f64 = 1e9;
const MINUTES: f64 = 30.0 * 24.0 * 60.0;
/// Metrics that the housekeeper publishes (16, and 13 for each of two kinds), and metrics that alarms look at.
const METRICS: f64 = 42.0;
const ALARM_METRICS: f64 = 46.0;
/// X-Ray takes one request each second of each function, and a share of the others.
const TRACED_EACH_SECOND: f64 = 1.0;
const TRACED_SHARE: f64 = 0.05;
const SECRETS: f64 = 1.0;

/// US dollars a month, by service.
#[derive(Debug, Clone)]
pub struct Bill(pub Vec<(&'static str, f64)>);

impl Bill {
    /// All together.
    #[must_use]
    pub fn total(&self) -> f64 {
        self.0.iter().map(|(_, dollars)| dollars).sum()
    }
}

/// The bill of a month with so many generations, of which each is `counted`; an idle minute of the
/// housekeeper is `minute`; the workers are `fleet`.
#[must_use]
pub fn bill(
    prices: &Prices,
    generations: f64,
    counted: &Counted,
    minute: &Counted,
    fleet: &Fleet,
) -> Bill {
    let n = generations;
    let p = prices;
    let requests = n * (counted.requests + p.assumed.downloads);
    let busy = n * counted.calls * p.assumed.milliseconds_per_call / 1000.0;
    let kept = MINUTES * minute.reads * p.assumed.milliseconds_per_call / 1000.0;
    let seconds = n * counted.held_seconds + busy + kept;
    let rows_gb = n * p.assumed.row_bytes / GB;
    let stored_gb = n * counted.stored_bytes / GB * RESULT_DAYS / 30.0;
    // Scanned (half a unit for 4 KB) and read consistently (one unit), on half of the days: the month's
    // rows come one by one.
    let audited = n * p.assumed.ledger_bytes / 4096.0 * 1.5 * 15.0;
    let traced = requests.min(MINUTES * 60.0 * TRACED_EACH_SECOND + requests * TRACED_SHARE);
    let polls = fleet.task_hours * 3600.0 / 20.0;
    Bill(vec![
        (
            "Lambda",
            (requests + MINUTES) * p.lambda.request + seconds * FUNCTION_GB * p.lambda.gb_second,
        ),
        ("HTTP API", requests * p.http_api.request),
        (
            "DynamoDB",
            n * (counted.writes * p.dynamodb.write_unit + counted.reads * p.dynamodb.read_unit)
                + (MINUTES * minute.reads + audited) * p.dynamodb.read_unit
                + rows_gb * (p.dynamodb.gb_month + p.dynamodb.recovery_gb_month),
        ),
        (
            "S3",
            n * (counted.object_writes * p.s3.write
                + (counted.object_reads + p.assumed.downloads) * p.s3.read)
                + stored_gb * p.s3.gb_month,
        ),
        ("traffic", n * p.assumed.downloads * counted.downloaded_bytes / GB * p.s3.gb_out),
        ("SQS", (n * (counted.queue_calls + 1.0) + MINUTES + polls) * p.sqs.call),
        (
            "workers",
            fleet.task_hours
                * (fleet.cores * p.fargate.vcpu_hour
                    + 2.0 * fleet.cores * p.fargate.gb_hour
                    + p.fargate.address_hour),
        ),
        (
            "CloudWatch",
            METRICS * p.cloudwatch.metric_month
                + ALARM_METRICS * p.cloudwatch.alarm_metric_month
                + requests * p.assumed.log_bytes_per_request / GB * p.cloudwatch.log_gb,
        ),
        ("X-Ray", traced * p.xray.trace),
        ("secrets", SECRETS * p.secrets.secret_month),
    ])
}
