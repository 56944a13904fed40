//! From a prompt to what its storyboard must have, by `story.onnx`: a decoder that writes token after token.
//! The package's `FORMAT.md` has the grammar; only tokens that it allows are chosen among.

use std::collections::BTreeMap;

use serde::Deserialize;
use tract_onnx::prelude::*;

use crate::runtime::Plan;
use crate::text::Pieces;

/// The word of a field about which the prompt says nothing.
const ANY: &str = "any";
/// The field that begins a subject.
const SHAPE: &str = "shape";

/// `vocab.json`: the tokens of a storyboard.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Layout {
    /// The most pieces of a prompt.
    pub(super) pieces: usize,
    first_token: i64,
    layers: usize,
    heads: usize,
    head_dim: usize,
    most_shots: usize,
    most_subjects: usize,
    most_not: usize,
    whole: Vec<String>,
    shot: Vec<String>,
    subject: Vec<String>,
    tokens: Vec<String>,
}

/// What a prompt says of one thing, by field. What it does not say is not there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Said(BTreeMap<String, String>);

impl Said {
    /// The word for `field`, as the domain knows it.
    pub(super) fn word<T>(&self, field: &str, named: fn(&str) -> Option<T>) -> Option<T> {
        self.get(field).and_then(named)
    }

    pub(super) fn get(&self, field: &str) -> Option<&str> {
        self.0.get(field).map(String::as_str)
    }
}

impl<'a> FromIterator<(&'a str, &'a str)> for Said {
    fn from_iter<I: IntoIterator<Item = (&'a str, &'a str)>>(pairs: I) -> Self {
        let owned = |(field, word): (&str, &str)| (field.to_owned(), word.to_owned());
        Self(pairs.into_iter().map(owned).collect())
    }
}

/// What a prompt says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Told {
    pub(super) whole: Said,
    /// Words for what must not be seen.
    pub(super) not: Vec<String>,
    /// At least one.
    pub(super) shots: Vec<ToldShot>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct ToldShot {
    pub(super) fields: Said,
    pub(super) subjects: Vec<Said>,
}

/// The model with its layout.
#[derive(Debug)]
pub(super) struct Writer {
    pieces: Pieces,
    plan: Plan,
    layout: Layout,
}

impl Writer {
    pub(super) fn new(onnx: &[u8], pieces: Pieces, layout: Layout) -> TractResult<Self> {
        if layout.most_shots == 0 || layout.subject.first().is_none_or(|field| field != SHAPE) {
            return Err(TractError::msg(
                "a storyboard needs shots, and a subject begins with its shape",
            ));
        }
        Ok(Self { plan: Plan::compile(onnx)?, pieces, layout })
    }

    /// What a prompt says; one without words says nothing.
    pub(super) fn write(&self, prompt: &str) -> TractResult<Told> {
        Pen::new(self, prompt)?.story()
    }
}

/// A storyboard that is being written.
struct Pen<'w> {
    writer: &'w Writer,
    /// Keys and values of everything before the last token, `[layers, 2, heads, before, head_dim]`.
    past: Tensor,
    /// All tokens; the last one was not fed to the network yet.
    tokens: Vec<usize>,
}

impl<'w> Pen<'w> {
    fn new(writer: &'w Writer, prompt: &str) -> TractResult<Self> {
        let Layout { layers, heads, head_dim, .. } = writer.layout;
        let past = Tensor::zero::<f32>(&[layers, 2, heads, 0, head_dim])?;
        let mut pen = Self { writer, past, tokens: vec![writer.layout.token("start")?] };
        pen.feed(&writer.pieces.of(prompt))?;
        Ok(pen)
    }

    /// The grammar.
    fn story(&mut self) -> TractResult<Told> {
        let layout = &self.writer.layout;
        let (shot, end) = (layout.token("shot")?, layout.token("end")?);
        let mut told = Told { whole: self.fields(&layout.whole)?, ..Told::default() };
        // Each once, in the order of the tokens.
        let mut from = 0;
        loop {
            let more = told.not.len() < layout.most_not;
            let token = self.one_of(|id, token| {
                id == shot || (more && id >= from && token.starts_with("not:"))
            })?;
            if token == shot {
                break;
            }
            told.not.push(layout.word(token).to_owned());
            from = token + 1;
        }
        loop {
            told.shots.push(self.shot()?);
            let more = told.shots.len() < layout.most_shots;
            if self.one_of(|id, _| id == end || (more && id == shot))? == end {
                return Ok(told);
            }
        }
    }

    fn shot(&mut self) -> TractResult<ToldShot> {
        let layout = &self.writer.layout;
        let mut shot = ToldShot { fields: self.fields(&layout.shot)?, subjects: Vec::new() };
        let Some((shape, rest)) = layout.subject.split_first() else { return Ok(shot) };
        while shot.subjects.len() < layout.most_subjects {
            let found = self.fields(std::slice::from_ref(shape))?;
            if found.0.is_empty() {
                break;
            }
            let mut subject = self.fields(rest)?;
            subject.0.extend(found.0);
            shot.subjects.push(subject);
        }
        Ok(shot)
    }

    /// One token for each of the fields.
    fn fields(&mut self, names: &[String]) -> TractResult<Said> {
        let mut said = Said::default();
        for name in names {
            let token = self.one_of(|_, token| {
                token.strip_prefix(name.as_str()).is_some_and(|rest| rest.starts_with(':'))
            })?;
            let word = self.writer.layout.word(token);
            if word != ANY {
                said.0.insert(name.clone(), word.to_owned());
            }
        }
        Ok(said)
    }

    /// The likeliest of the tokens that may follow.
    fn one_of(&mut self, may: impl Fn(usize, &str) -> bool) -> TractResult<usize> {
        let layout = &self.writer.layout;
        let last = *self.tokens.last().unwrap_or(&0) as i64;
        let logits = self.feed(&[layout.first_token + last])?;
        let named = layout.tokens.iter().map(String::as_str).enumerate();
        let allowed = named.zip(&logits).filter(|((id, token), _)| may(*id, token));
        let best = allowed.max_by(|one, other| one.1.total_cmp(other.1));
        let ((token, _), _) = best.ok_or_else(|| TractError::msg("no token may follow"))?;
        self.tokens.push(token);
        Ok(token)
    }

    /// Appends tokens that see each other and what is before them; the logits after the last.
    fn feed(&mut self, ids: &[i64]) -> TractResult<Vec<f32>> {
        let past = std::mem::replace(&mut self.past, Tensor::zero::<f32>(&[0])?);
        let ids = Tensor::from_shape(&[1, ids.len()], ids)?;
        let mut outputs = self.writer.plan.run(tvec!(ids.into(), past.into()))?;
        let (Some(cache), Some(logits)) = (outputs.pop(), outputs.pop()) else {
            return Err(TractError::msg("story.onnx needs two outputs"));
        };
        self.past = cache.into_tensor();
        Ok(logits.try_as_plain_ram()?.as_slice::<f32>()?.to_vec())
    }
}

impl Layout {
    fn token(&self, name: &str) -> TractResult<usize> {
        let found = self.tokens.iter().position(|token| token == name);
        found.ok_or_else(|| TractError::msg(format!("there is no token {name}")))
    }

    /// What is after the colon.
    fn word(&self, token: usize) -> &str {
        let name = self.tokens.get(token).map_or("", String::as_str);
        name.split_once(':').map_or(name, |(_, word)| word)
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[derive(Deserialize)]
    struct Sample {
        prompt: String,
        ids: Vec<i64>,
        tokens: Vec<usize>,
    }

    #[test]
    fn writes_what_the_reference_writes() {
        let package = Path::new(env!("CARGO_MANIFEST_DIR")).join("models/reverie-scene");
        let file = |name: &str| std::fs::read(package.join(name)).expect(name);
        let layout: Layout = serde_json::from_slice(&file("vocab.json")).expect("layout");
        let pieces = Pieces::parse(&file(Pieces::FILE), layout.pieces).expect("pieces");
        let writer = Writer::new(&file("story.onnx"), pieces, layout).expect("model");
        let samples: Vec<Sample> =
            serde_json::from_slice(&file("train/stories.json")).expect("samples");
        assert!(!samples.is_empty());
        for sample in samples {
            let prompt = &sample.prompt;
            assert_eq!(writer.pieces.of(prompt), sample.ids, "{prompt}");
            let mut pen = Pen::new(&writer, prompt).expect("pen");
            pen.story().expect("story");
            assert_eq!(pen.tokens[1..], sample.tokens, "{prompt}");
        }
    }
}
