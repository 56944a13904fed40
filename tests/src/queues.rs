use aws_sdk_sqs::types::QueueAttributeName;
use reverie::stack::Stack;

/// How many messages and dead letters there are, hidden ones included.
///
/// # Errors
/// If SQS does not say.
pub async fn messages(stack: &Stack) -> Result<usize, String> {
    let resources = stack.resources();
    let mut messages = 0;
    for url in [&resources.jobs_queue_url, &resources.dead_letter_queue_url] {
        messages += messages_of(stack, url).await?;
    }
    Ok(messages)
}

async fn messages_of(stack: &Stack, url: &str) -> Result<usize, String> {
    let numbers = [
        QueueAttributeName::ApproximateNumberOfMessages,
        QueueAttributeName::ApproximateNumberOfMessagesDelayed,
        QueueAttributeName::ApproximateNumberOfMessagesNotVisible,
    ];
    let asked = stack.sqs().get_queue_attributes().queue_url(url);
    let asked = asked.set_attribute_names(Some(numbers.to_vec())).send().await;
    let answer = asked.map_err(|error| error.to_string())?.attributes.unwrap_or_default();
    let mut messages = 0;
    for number in &numbers {
        let text = answer.get(number).ok_or_else(|| format!("no {number:?}"))?;
        messages += text.parse::<usize>().map_err(|error| error.to_string())?;
    }
    Ok(messages)
}
