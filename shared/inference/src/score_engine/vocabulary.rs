//! `vocab.json`: every table that the tokens of a package refer to (see the package's `FORMAT.md`).

mod tables;
mod token;

use std::collections::BTreeMap;

pub(crate) use tables::{
    GENERAL, Head, HeadKind, Instrument, Metre, Mood, PromptModel, Sampling, Step, Style,
};
pub(crate) use token::Token;

use tables::Document;

/// Token ids and tables of one package. Names are resolved to indices once.
#[derive(Debug)]
pub(crate) struct Vocabulary {
    tokens: Vec<Token>,
    ids: BTreeMap<Token, u32>,
    tables: Document,
}

impl std::ops::Deref for Vocabulary {
    type Target = Document;

    fn deref(&self) -> &Document {
        &self.tables
    }
}

impl Vocabulary {
    /// Reads `vocab.json`.
    ///
    /// # Errors
    /// A sentence that names the token or table that is wrong.
    pub(crate) fn parse(json: &[u8]) -> Result<Self, String> {
        let tables: Document = serde_json::from_slice(json).map_err(|error| error.to_string())?;
        tables.check()?;
        let tokens = tables
            .tokens
            .iter()
            .map(|text| Token::parse(text, &tables))
            .collect::<Result<Vec<_>, _>>()?;
        let mut ids = BTreeMap::new();
        for (id, token) in tokens.iter().enumerate() {
            if ids.insert(*token, id as u32).is_some() {
                return Err(format!("token {id} occurs twice"));
            }
        }
        let vocabulary = Self { tokens, ids, tables };
        for token in [Token::Bos, Token::Eos, Token::Bar(0), Token::Left(0)] {
            vocabulary.id(token).ok_or_else(|| format!("there is no token {token:?}"))?;
        }
        Ok(vocabulary)
    }

    /// The number of tokens.
    pub(crate) fn len(&self) -> usize {
        self.tokens.len()
    }

    /// The meaning of an id.
    pub(crate) fn token(&self, id: u32) -> Option<Token> {
        self.tokens.get(id as usize).copied()
    }

    /// The id of a token, if the package has it.
    pub(crate) fn id(&self, token: Token) -> Option<u32> {
        self.ids.get(&token).copied()
    }

    /// All tokens from `first` to `last`, both included, with their ids. Tokens of one kind are neighbours, in order
    /// of their values.
    pub(crate) fn between(
        &self,
        first: Token,
        last: Token,
    ) -> impl Iterator<Item = (Token, u32)> + '_ {
        self.ids.range(first..=last).map(|(token, id)| (*token, *id))
    }
}

/// Index of the entry named `name`.
pub(crate) fn index_of<T>(table: &[(String, T)], name: &str) -> Option<usize> {
    table.iter().position(|(other, _)| other == name)
}
