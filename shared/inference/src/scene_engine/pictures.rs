//! What becomes of the pictures among a request's references.

use reverie_domain::storyboard::Storyboard;
use serde_json::{Value, json};

use crate::reference::Reference;

/// The numbers of the references that can be shown, from 1 on.
pub(super) fn usable(references: &[Reference]) -> Vec<u8> {
    let numbers = (1u8..).zip(references);
    numbers.filter(|(_, one)| one.picture.is_some()).map(|(number, _)| number).collect()
}

/// For `understood`: each reference, and what became of it.
pub(super) fn explained(references: &[Reference], storyboard: &Storyboard) -> Vec<Value> {
    let says = |number: u8, reference: &Reference| {
        if reference.picture.is_none() {
            return "It has no picture that could be shown, and changes nothing.".to_owned();
        }
        let shown = storyboard.shots.iter().enumerate();
        let shots: Vec<String> = shown
            .filter(|(_, shot)| shot.picture == Some(number))
            .map(|(index, shot)| format!("shot {} ({})", index + 1, motion(shot.camera.name())))
            .collect();
        let drawn = storyboard.shots.iter().any(|shot| shot.picture.is_none());
        let rest = if drawn { "; its colours are taken over by what is drawn" } else { "" };
        match shots.as_slice() {
            [] => format!("No shot shows it{rest}."),
            shots => format!("It is shown in {}{rest}.", shots.join(" and ")),
        }
    };
    let numbers = (1u8..).zip(references);
    numbers.map(|(number, one)| json!({ "upload": one.id, "says": says(number, one) })).collect()
}

fn motion(camera: &str) -> String {
    match camera {
        "static" => "still".to_owned(),
        camera => camera.replace('_', " "),
    }
}
