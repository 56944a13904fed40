use std::{
    collections::HashMap,
    env,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::OnceLock,
};

use serde_json::Value;

/// Finds a binary of the workspace, as new as the sources.
///
/// # Panics
/// If there is none, or it does not compile.
#[must_use]
pub fn find(name: &str) -> PathBuf {
    static BUILT: OnceLock<HashMap<String, PathBuf>> = OnceLock::new();
    let built = BUILT.get_or_init(build);
    built.get(name).cloned().unwrap_or_else(|| panic!("the workspace has no binary {name}"))
}

/// `cargo test` makes no binaries of packages other than the tested one, so this does. Cargo has
/// given up its lock on the target folder by the time tests run.
fn build() -> HashMap<String, PathBuf> {
    let test = env::current_exe().expect("the test's own path");
    // target/<profile>/deps/<test>
    let profile = test.ancestors().nth(2).expect("a folder of the profile");
    let target = profile.parent().expect("the target folder");
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["build", "--workspace", "--bins", "--message-format", "json-render-diagnostics"])
        // With a test among the targets, dependencies have the features that they have for
        // `cargo test`, and are not compiled a second time.
        .args(["--test", "lambda"])
        .args(["--profile", profile_name(profile)])
        .arg("--target-dir")
        .arg(target)
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
        .stderr(Stdio::inherit())
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "`cargo build --workspace --bins` failed");
    let lines = output.stdout.split(|byte| *byte == b'\n');
    lines.filter_map(|line| serde_json::from_slice(line).ok()).filter_map(binary).collect()
}

/// The name and path in one of cargo's messages, if it is about a binary.
fn binary(message: Value) -> Option<(String, PathBuf)> {
    let target = &message["target"];
    if target["kind"][0] != "bin" || message["profile"]["test"] != false {
        return None;
    }
    let path = message["executable"].as_str()?;
    Some((target["name"].as_str()?.to_owned(), PathBuf::from(path)))
}

fn profile_name(folder: &Path) -> &str {
    match folder.file_name().and_then(|name| name.to_str()) {
        Some("debug") | None => "dev",
        Some(name) => name,
    }
}
