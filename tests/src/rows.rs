use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use reverie::stack::Stack;

/// A row as it is stored.
#[derive(Debug, Clone)]
pub struct Row {
    /// What the design calls its table.
    pub store: &'static str,
    /// The table's name in this deployment.
    pub table: String,
    /// Everything in it, its keys included.
    pub attributes: HashMap<String, AttributeValue>,
}

impl Row {
    /// Its partition key.
    #[must_use]
    pub fn pk(&self) -> &str {
        self.key("pk")
    }

    /// Its sort key.
    #[must_use]
    pub fn sk(&self) -> &str {
        self.key("sk")
    }

    fn key(&self, name: &str) -> &str {
        self.attributes[name].as_s().expect("keys are strings")
    }
}

/// Every row of every table.
pub async fn rows(stack: &Stack) -> Vec<Row> {
    let tables = &stack.resources().tables;
    let mut all = Vec::new();
    for (store, table) in [
        ("accounts", &tables.accounts),
        ("ledger", &tables.ledger),
        ("generations", &tables.generations),
        ("operations", &tables.operations),
    ] {
        let scan = stack.dynamodb().scan().table_name(table).send().await.expect("rows");
        assert!(scan.last_evaluated_key.is_none(), "one page is all");
        let found = scan.items.unwrap_or_default().into_iter();
        all.extend(found.map(|attributes| Row { store, table: table.clone(), attributes }));
    }
    all
}
