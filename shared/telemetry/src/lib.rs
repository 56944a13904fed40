#![doc = include_str!("../README.md")]

use std::{
    io::IsTerminal,
    time::{SystemTime, UNIX_EPOCH},
};

use serde_json::{Value, json};
use tracing_subscriber::{EnvFilter, fmt};

/// Our own lines and, on Lambda, the span of each call: it puts `requestId` and `xrayTraceId` into
/// them.
const USUAL: &str = "warn,reverie=info,lambda_runtime::layers::trace=info";

/// Starts logging for this process: JSON lines, or plain ones in a terminal, on standard error.
/// `REVERIE_LOG` takes a filter such as `debug` or `reverie_worker=debug`. Calling it again does
/// nothing.
pub fn init(component: &'static str) {
    let filter = EnvFilter::try_from_env("REVERIE_LOG").unwrap_or_else(|_| EnvFilter::new(USUAL));
    let builder = fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false);
    // A second call finds the first one's subscriber in place.
    let _ = match std::io::stderr().is_terminal() {
        true => builder.compact().try_init(),
        false => builder.json().flatten_event(true).with_span_list(false).try_init(),
    };
    tracing::debug!(component, "logging started");
}

/// One metric.
#[derive(Debug, Clone, Copy)]
pub struct Metric {
    /// Its name, such as `Backlog`.
    pub name: &'static str,
    /// Its CloudWatch unit, such as `Count` or `Milliseconds`.
    pub unit: &'static str,
    /// Its value.
    pub value: f64,
}

/// Publishes metrics of one component as a line of EMF on standard output, which CloudWatch Logs
/// turns into metrics. `REVERIE_STACK` keeps the deployments of one account apart. See "Embedded metric format specification" in the CloudWatch user guide.
pub fn publish(component: &'static str, metrics: &[Metric]) {
    let stack = std::env::var("REVERIE_STACK").unwrap_or_else(|_| "local".to_owned());
    println!("{}", emf(&stack, component, metrics));
}

fn emf(stack: &str, component: &'static str, metrics: &[Metric]) -> Value {
    let names = metrics.iter().map(|metric| json!({"Name": metric.name, "Unit": metric.unit}));
    let mut line = head(&["stack", "component"], names.collect());
    line["stack"] = json!(stack);
    line["component"] = json!(component);
    for metric in metrics {
        line[metric.name] = json!(metric.value);
    }
    line
}

/// Several values of one metric.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// Its name.
    pub name: &'static str,
    /// Its CloudWatch unit.
    pub unit: &'static str,
    /// The values, 100 at most; a metric without any is left out.
    pub values: Vec<f64>,
}

/// Publishes metrics of one component like [`publish`], apart by one more dimension, such as the kind of
/// work. It must have few values: each makes metrics of its own.
pub fn publish_by(component: &'static str, by: (&'static str, &str), series: &[Series]) {
    let stack = std::env::var("REVERIE_STACK").unwrap_or_else(|_| "local".to_owned());
    println!("{}", emf_by(&stack, component, by, series));
}

fn emf_by(
    stack: &str,
    component: &'static str,
    (name, value): (&'static str, &str),
    series: &[Series],
) -> Value {
    let series = || series.iter().filter(|one| !one.values.is_empty());
    let names = series().map(|one| json!({"Name": one.name, "Unit": one.unit}));
    let mut line = head(&["stack", "component", name], names.collect());
    line["stack"] = json!(stack);
    line["component"] = json!(component);
    line[name] = json!(value);
    for one in series() {
        line[one.name] = json!(one.values);
    }
    line
}

fn head(dimensions: &[&str], metrics: Vec<Value>) -> Value {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let millis = u64::try_from(now.as_millis()).unwrap_or(u64::MAX);
    json!({
        "_aws": {
            "Timestamp": millis,
            "CloudWatchMetrics": [{
                "Namespace": "Reverie",
                "Dimensions": [dimensions],
                "Metrics": metrics,
            }],
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_declares_what_it_carries() {
        let line =
            emf("one", "housekeeper", &[Metric { name: "Backlog", unit: "Count", value: 3.0 }]);
        assert_eq!((&line["stack"], &line["Backlog"]), (&json!("one"), &json!(3.0)));
        assert_eq!(line["_aws"]["CloudWatchMetrics"][0]["Metrics"][0]["Name"], "Backlog");
    }

    #[test]
    fn a_series_has_its_dimension_and_none_without_values() {
        let series = |name, values| Series { name, unit: "Seconds", values };
        let all = [series("Waited", vec![1.0, 5.0]), series("Computed", Vec::new())];
        let line = emf_by("one", "housekeeper", ("kind", "music"), &all);
        let declared = &line["_aws"]["CloudWatchMetrics"][0];
        assert_eq!(declared["Dimensions"], json!([["stack", "component", "kind"]]));
        assert_eq!(declared["Metrics"], json!([{"Name": "Waited", "Unit": "Seconds"}]));
        assert_eq!((&line["kind"], &line["Waited"]), (&json!("music"), &json!([1.0, 5.0])));
        assert_eq!(line.get("Computed"), None);
    }
}
