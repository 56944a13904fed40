use std::{collections::BTreeMap, time::Duration};

use super::{Deployment, Function, Route, TEMPLATE};

fn deploy(template: &str) -> Result<Deployment, String> {
    Deployment::from_template(template, &BTreeMap::new()).map_err(|error| error.to_string())
}

/// A template of one queue with these properties, and the parameters A and N.
fn one_queue(properties: &str) -> String {
    format!(
        "Parameters:\n  A: {{ Type: String, Default: yes-a }}\n  N: {{ Type: Number, Default: 7 }}\n\
         Conditions:\n  IsA: !Equals [!Ref A, yes-a]\n  IsNotA: !Not [!Equals [!Ref A, yes-a]]\n\
         Resources:\n  Q: {{ Type: AWS::SQS::Queue, Properties: {properties} }}\n"
    )
}

fn visibility(properties: &str) -> Result<Duration, String> {
    deploy(&one_queue(properties)).map(|deployment| deployment.queues[0].visibility)
}

#[test]
fn the_template_declares_everything_stateful() {
    let deployment = deploy(TEMPLATE).unwrap();
    let tables: Vec<_> = deployment.tables.iter().map(|table| table.name.as_str()).collect();
    assert_eq!(
        tables,
        [
            "reverie-AccountsTable",
            "reverie-GenerationsTable",
            "reverie-LedgerTable",
            "reverie-OperationsTable"
        ]
    );
    for table in &deployment.tables {
        assert_eq!(table.ttl_attribute.as_deref(), Some("ttl"), "{}", table.name);
        let key: Vec<_> = table.key_schema.iter().map(|key| key.attribute_name.as_str()).collect();
        assert_eq!(key, ["pk", "sk"], "{}", table.name);
    }
    assert_eq!(deployment.buckets[0].name, "reverie-mediabucket");
    assert_eq!(deployment.buckets[0].cors[0].origins, ["https://reverie.invalid"]);
    assert!(deployment.secrets.contains_key("HashSecret"));
}

#[test]
fn the_jobs_queue_hands_over_to_the_dead_letter_queue() {
    let deployment = deploy(TEMPLATE).unwrap();
    let queue = |id: &str| deployment.queues.iter().find(|queue| queue.logical_id == id).unwrap();
    let jobs = queue("JobsQueue");
    assert_eq!(jobs.visibility, Duration::from_secs(90));
    assert_eq!(jobs.receive_wait, Duration::from_secs(20));
    let redrive = jobs.redrive.as_ref().unwrap();
    assert_eq!(redrive.max_receive_count, 10);
    assert_eq!(redrive.dead_letter_arn, queue("JobsDeadLetterQueue").arn());
}

#[test]
fn functions_are_resolved() {
    assert_eq!(visibility("{ VisibilityTimeout: !Ref N }"), Ok(Duration::from_secs(7)));
    assert_eq!(visibility("{ VisibilityTimeout: { Ref: N } }"), Ok(Duration::from_secs(7)));
    assert_eq!(visibility("{ VisibilityTimeout: !If [IsA, 1, 2] }"), Ok(Duration::from_secs(1)));
    assert_eq!(
        visibility("{ VisibilityTimeout: { \"Fn::If\": [IsNotA, 1, 2] } }"),
        Ok(Duration::from_secs(2))
    );
    // Without a value, SQS's own default holds.
    assert_eq!(visibility("{ VisibilityTimeout: !Ref AWS::NoValue }"), Ok(Duration::from_secs(30)));
}

#[test]
fn text_is_substituted() {
    let template = one_queue(
        "{ RedrivePolicy: { maxReceiveCount: 3, deadLetterTargetArn: \
         !Sub \"arn:${AWS::Partition}:sqs:${AWS::Region}:${AWS::AccountId}:${AWS::StackName}-Q\" } }",
    );
    let queue = &deploy(&template).unwrap().queues[0];
    assert_eq!(queue.redrive.as_ref().unwrap().dead_letter_arn, queue.arn());
}

fn functions() -> Vec<Function> {
    let references = [("JobsQueue", "http://queue"), ("HashSecret", "arn:secret")];
    let references = references.map(|(id, value)| (id.to_owned(), value.to_owned())).into();
    Function::all(TEMPLATE, &BTreeMap::new(), &references).unwrap()
}

fn function(binary: &str) -> Function {
    functions().into_iter().find(|function| function.logical_id == binary).unwrap()
}

#[test]
fn functions_have_the_variables_of_all() {
    for function in functions() {
        let variable = |name: &str| function.environment.get(name).map(String::as_str);
        assert_eq!(variable("REVERIE_TABLE_LEDGER"), Some("reverie-LedgerTable"));
        assert_eq!(variable("REVERIE_QUEUE_JOBS"), Some("http://queue"));
        assert_eq!(variable("REVERIE_HASH_SECRET_ARN"), Some("arn:secret"));
        assert_eq!(variable("REVERIE_GUEST_CREDITS"), Some("100"));
    }
}

#[test]
fn functions_say_what_calls_them() {
    let any = |path: &str| Route::Path { method: "ANY".to_owned(), path: path.to_owned() };
    assert!(function("GenerationsFunction").routes.contains(&any("/v1/generations/{id}")));
    assert!(function("StudioFunction").routes.contains(&Route::Default));
    let events = function("EventsFunction");
    assert!(events.streams && events.routes.is_empty());
    assert_eq!((events.memory, events.timeout), (256, Duration::from_secs(310)));
    assert_eq!(
        (function("AuthFunction").memory, function("AuthFunction").timeout),
        (512, Duration::from_secs(29))
    );
}

#[test]
fn a_function_without_a_binary_is_refused() {
    let template = "Resources: { F: { Type: AWS::Serverless::Function, Properties: {} } }";
    let refused = Function::all(template, &BTreeMap::new(), &BTreeMap::new());
    assert_says(&refused.unwrap_err().to_string(), &["Resources.F", "Binary"]);
}

#[test]
fn what_is_not_known_is_refused_with_its_place() {
    let refused = |properties: &str| visibility(properties).unwrap_err();
    assert_says(
        &refused("{ VisibilityTimeout: !Select [0, [1]] }"),
        &["Resources.Q.Properties.VisibilityTimeout", "Select"],
    );
    assert_says(&refused("{ FifoQueue: true }"), &["Resources.Q.Properties", "FifoQueue"]);
    assert_says(&refused("{ VisibilityTimeout: !Ref Nobody }"), &["Nobody has no value"]);
    assert_says(&refused("{ VisibilityTimeout: !If [Never, 1, 2] }"), &["no condition Never"]);
    assert_says(
        &refused(
            "{ RedrivePolicy: { maxReceiveCount: 3, deadLetterTargetArn: \"arn:aws:sqs:x:1:y\" } }",
        ),
        &["RedrivePolicy", "there is no queue"],
    );
    assert_says(
        &deploy("Resources: { T: { Type: AWS::Kinesis::Stream } }").unwrap_err(),
        &["Resources.T", "AWS::Kinesis::Stream has no counterpart"],
    );
    assert_says(&deploy("- 1").unwrap_err(), &["not a mapping"]);
    assert_says(
        &Deployment::from_template(TEMPLATE, &BTreeMap::from([("X".to_owned(), "1".to_owned())]))
            .unwrap_err()
            .to_string(),
        &["Parameters", "no X"],
    );
}

fn assert_says(message: &str, parts: &[&str]) {
    for part in parts {
        assert!(message.contains(part), "{message:?} does not say {part:?}");
    }
}

#[test]
fn backups_reach_back_as_far_as_receipts_say() {
    let days = reverie_domain::erasure::BACKUP_DAYS;
    let said = format!("RecoveryPeriodInDays: {days}\n");
    let all = TEMPLATE.matches("RecoveryPeriodInDays").count();
    assert_eq!((TEMPLATE.matches(&said).count(), all), (4, 4));
}
