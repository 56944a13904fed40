use std::panic;

/// Logs panics by place, without their text: a text may quote what a person wrote.
pub fn log_panics_by_place() {
    panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "panic");
    }));
}
