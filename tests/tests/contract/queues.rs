//! Queues: messages come again until they are deleted, and not for ever.

use std::time::Duration;

use aws_sdk_sqs::{
    Client,
    types::{Message, MessageSystemAttributeName, QueueAttributeName},
};
use reverie_store::{aws::SqsQueue, queue::Queue};

use crate::{Services, until};

/// Receives one message at most, without waiting.
async fn receive(client: &Client, url: &str, visibility: Option<i32>) -> Option<Message> {
    let receive = client.receive_message().queue_url(url).wait_time_seconds(0);
    let count = MessageSystemAttributeName::ApproximateReceiveCount;
    let receive = receive.message_system_attribute_names(count);
    let received = receive.set_visibility_timeout(visibility).send().await.unwrap();
    received.messages.unwrap_or_default().pop()
}

fn receipts(message: &Message) -> &str {
    let attributes = message.attributes().expect("attributes");
    &attributes[&MessageSystemAttributeName::ApproximateReceiveCount]
}

async fn send(client: &Client, url: &str, body: &str) {
    client.send_message().queue_url(url).message_body(body).send().await.unwrap();
}

async fn reveal(client: &Client, url: &str, message: &Message) {
    let handle = message.receipt_handle().unwrap();
    let change = client.change_message_visibility().queue_url(url).receipt_handle(handle);
    change.visibility_timeout(0).send().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_is_delivered_and_deleted() {
    let services = Services::start().await;
    let (client, url) = (services.stack.sqs(), &services.stack.resources().jobs_queue_url);
    send(&client, url, "job").await;
    let message = receive(&client, url, None).await.expect("a message");
    assert_eq!(message.body(), Some("job"));
    assert_eq!(receipts(&message), "1");
    assert!(receive(&client, url, None).await.is_none(), "it is hidden");
    let handle = message.receipt_handle().unwrap();
    client.delete_message().queue_url(url).receipt_handle(handle).send().await.unwrap();
    services.stack.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_comes_again_when_its_time_is_over() {
    let services = Services::start().await;
    let (client, url) = (services.stack.sqs(), &services.stack.resources().jobs_queue_url);
    send(&client, url, "job").await;
    let first = receive(&client, url, Some(1)).await.expect("a message");
    let again = until("it comes again", || receive(&client, url, None)).await;
    assert_eq!(again.message_id(), first.message_id());
    assert_eq!(receipts(&again), "2");
    services.stack.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_extends_its_time_and_gives_it_back() {
    let services = Services::start().await;
    let (client, url) = (services.stack.sqs(), &services.stack.resources().jobs_queue_url);
    send(&client, url, "long").await;
    let long = receive(&client, url, Some(1)).await.expect("a message");
    let handle = long.receipt_handle().unwrap();
    let extend = client.change_message_visibility().queue_url(url).receipt_handle(handle);
    extend.visibility_timeout(60).send().await.unwrap();

    // Another message with the first one's time shows that this time has passed.
    send(&client, url, "short").await;
    receive(&client, url, Some(1)).await.expect("a message");
    let next = until("the short one comes again", || receive(&client, url, None)).await;
    assert_eq!(next.body(), Some("short"));
    assert!(receive(&client, url, None).await.is_none(), "the long one is hidden");

    reveal(&client, url, &long).await;
    let back = until("it comes back", || receive(&client, url, None)).await;
    assert_eq!(back.body(), Some("long"));
    services.stack.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_waiting_worker_wakes_when_a_message_comes() {
    let services = Services::start().await;
    let (client, url) = (services.stack.sqs(), services.stack.resources().jobs_queue_url.clone());
    let waiting = {
        let (client, url) = (client.clone(), url.clone());
        tokio::spawn(async move {
            // The queue's own wait is 20 s.
            client.receive_message().queue_url(url).send().await.unwrap()
        })
    };
    let started = std::time::Instant::now();
    // Whether the worker waits already or not, it gets the message.
    send(&client, &url, "job").await;
    let received = waiting.await.unwrap();
    assert_eq!(received.messages().len(), 1);
    assert!(started.elapsed().as_secs() < 10);
    services.stack.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_nobody_can_finish_goes_to_the_dead_letters() {
    let services = Services::start().await;
    let (client, url) = (services.stack.sqs(), &services.stack.resources().jobs_queue_url);
    let dead = &services.stack.resources().dead_letter_queue_url;
    send(&client, url, "poison").await;
    // The template's maxReceiveCount.
    for receipt in 1..=10 {
        let message = until("it comes again", || receive(&client, url, None)).await;
        assert_eq!(receipts(&message), receipt.to_string());
        reveal(&client, url, &message).await;
    }
    let moved = until("it is moved", || async {
        assert!(receive(&client, url, None).await.is_none(), "no eleventh receipt");
        receive(&client, dead, None).await
    });
    assert_eq!(moved.await.body(), Some("poison"));
    services.stack.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_queues_are_as_the_template_says() {
    let services = Services::start().await;
    let (client, resources) = (services.stack.sqs(), services.stack.resources());
    let attributes = |url: &str| {
        let all = client.get_queue_attributes().queue_url(url);
        let all = all.attribute_names(QueueAttributeName::All);
        async move { all.send().await.unwrap().attributes.unwrap() }
    };
    let jobs = attributes(&resources.jobs_queue_url).await;
    assert_eq!(jobs[&QueueAttributeName::VisibilityTimeout], "90");
    assert_eq!(jobs[&QueueAttributeName::ReceiveMessageWaitTimeSeconds], "20");
    let dead = attributes(&resources.dead_letter_queue_url).await;
    assert_eq!(dead[&QueueAttributeName::MessageRetentionPeriod], "1209600");
    assert!(
        jobs[&QueueAttributeName::RedrivePolicy].contains(&dead[&QueueAttributeName::QueueArn])
    );
    services.stack.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_secret_is_refused() {
    let services = Services::start().await;
    let url = &services.stack.resources().jobs_queue_url;
    let forger = Client::new(&services.forged_config());
    let sent = forger.send_message().queue_url(url).message_body("x").send().await;
    let error = sent.unwrap_err();
    assert!(error.raw_response().unwrap().status().is_client_error(), "{error:?}");
    assert!(receive(&services.stack.sqs(), url, None).await.is_none());
    services.stack.shutdown().await;
}

/// Other calls have seconds, of several attempts together.
#[tokio::test(flavor = "multi_thread")]
async fn who_waits_for_a_message_may_take_longer_than_other_calls() {
    let services = Services::start().await;
    let url = services.stack.resources().jobs_queue_url.clone();
    let queue = SqsQueue::new(services.stack.sqs().clone(), url);
    let wait = Duration::from_secs(9);
    let received = queue.receive(1, wait, Duration::from_secs(30)).await;
    assert!(received.expect("it is let wait").is_empty());
    services.stack.shutdown().await;
}
