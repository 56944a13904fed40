//! `reverie models`.

use reverie_domain::manifest::Manifest;
use reverie_inference::open_all;

use crate::cli::ModelsArgs;

/// Lists the packages; opening one checks its files.
///
/// # Errors
/// Names the package and file that is wrong.
pub fn run(args: &ModelsArgs) -> anyhow::Result<()> {
    for folder in &args.folders.models {
        for package in open_all(folder)? {
            print(package.manifest());
        }
    }
    Ok(())
}

fn print(model: &Manifest) {
    let seconds = model.limits.seconds;
    println!("{} {}  ({})", model.id, model.version, model.kind.name());
    println!("  {}", model.description);
    println!("  {} to {} seconds", seconds.min, seconds.max);
    println!("  {} credits per started {}", model.price.credits, model.price.per);
    let files: Vec<_> = model.outputs.iter().map(|file| file.name.as_str()).collect();
    println!("  gives {}", files.join(", "));
    println!("  licence {}", model.licence);
}
