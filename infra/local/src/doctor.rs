//! `reverie doctor`.

use std::{
    net::TcpListener,
    path::{Path, PathBuf},
};

use anyhow::bail;
use reverie_inference::open_all;

use crate::cli::DoctorArgs;

/// Free space below which a data folder fills up soon: about 200 minutes of FLAC.
const LITTLE_SPACE: u64 = 1024 * 1024 * 1024;

/// What was found, and what to do about it.
type Finding = Result<String, String>;

/// Looks at everything `serve` needs.
///
/// # Errors
/// If anything is not as it should be.
pub fn run(args: &DoctorArgs) -> anyhow::Result<()> {
    let mut findings = vec![
        ("port", port(args)),
        ("data", data_folder(&args.folders.data)),
        ("disk", disk(&args.folders.data)),
    ];
    findings.extend(args.folders.models.iter().map(|folder| ("models", models(folder))));
    for (name, finding) in &findings {
        match finding {
            Ok(text) => println!("ok    {name:<7} {text}"),
            Err(text) => println!("WRONG {name:<7} {text}"),
        }
    }
    let wrong = findings.iter().filter(|(_, finding)| finding.is_err()).count();
    if wrong > 0 {
        bail!("{wrong} of {} checks found something to mend", findings.len());
    }
    Ok(())
}

fn port(args: &DoctorArgs) -> Finding {
    match TcpListener::bind(args.listen) {
        Ok(_) => Ok(format!("{} is free", args.listen)),
        Err(error) => Err(format!(
            "{}: {error}. Stop what runs there (perhaps Reverie), or serve with --listen \
             127.0.0.1:0",
            args.listen
        )),
    }
}

fn data_folder(data: &Path) -> Finding {
    let shown = data.display();
    if !data.exists() {
        return Ok(format!("{shown} will be made at the first start"));
    }
    let probe = data.join("doctor-was-here");
    let written = std::fs::write(&probe, b"").and_then(|()| std::fs::remove_file(&probe));
    match written {
        Ok(()) => Ok(format!("{shown} can be written")),
        Err(error) => Err(format!("{shown}: {error}. Choose another folder with --data")),
    }
}

fn disk(data: &Path) -> Finding {
    let existing = existing_parent(data);
    let free = fs4::available_space(&existing).map_err(|error| error.to_string())?;
    let text = format!("{} MiB free in {}", free / 1024 / 1024, existing.display());
    match free >= LITTLE_SPACE {
        true => Ok(text),
        false => Err(format!("{text}. Make room, or choose another disk with --data")),
    }
}

/// The folder itself, or the nearest one above it that exists.
fn existing_parent(data: &Path) -> PathBuf {
    let absolute = std::path::absolute(data).unwrap_or_else(|_| data.to_owned());
    absolute.ancestors().find(|folder| folder.exists()).map_or(absolute.clone(), Path::to_owned)
}

fn models(folder: &Path) -> Finding {
    let shown = folder.display();
    match open_all(folder) {
        Ok(packages) if packages.is_empty() => {
            Err(format!("no package in {shown}. Name the right folder with --models"))
        }
        Ok(packages) => {
            let names: Vec<_> =
                packages.iter().map(|package| package.manifest().id.clone()).collect();
            Ok(format!("{} in {shown}: all checksums are right", names.join(", ")))
        }
        Err(error) => Err(format!("{error}. Restore the file, for example with `git checkout`")),
    }
}
