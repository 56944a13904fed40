"""What the templates must be. Each rule returns what is wrong; its text says why it is a rule."""

import json
import re

from templates import INFRA, ROOT, as_list, name_of, of_type, statements

# What is kept under each prefix of the bucket, in days. `holds/` and `models/` stay.
LIFETIMES = {"uploads/": 1, "results/free/": 7, "results/plus/": 30, "results/premium/": 90,
             "exports/": 7}

# Rights that name no resource, each with its reason.
WILDCARDS = {
    ("ExecutionRole", "LogIn"): "ecr:GetAuthorizationToken has no resources",
    ("ExecutionRole", "FetchImage"): "the image is a parameter; it only reads, in this account",
    ("WorkerRole", "StayWhileWorking"): "tasks have random ids; the cluster is named",
}

# Policies of AWS that are taken as they are.
MANAGED = {
    "service-role/AWSLambdaBasicExecutionRole": "SAM's: a function writes its log",
    "AWSXrayWriteOnlyAccess": "SAM's: Lambda sends a function's traces, and X-Ray has no resources",
    "service-role/AmazonEC2ContainerServiceforEC2Role": "the ECS agent of GPU instances",
}


def data_is_encrypted(all_):
    """Prompts and files are private also on AWS's disks."""
    main = all_["template"]
    for name, table in of_type(main, "AWS::DynamoDB::Table").items():
        if not table.get("SSESpecification", {}).get("SSEEnabled"):
            yield f"{name} is not encrypted"
    for name, queue in of_type(main, "AWS::SQS::Queue").items():
        if queue.get("SqsManagedSseEnabled") is not True:
            yield f"{name} is not encrypted"
    for name, bucket in of_type(main, "AWS::S3::Bucket").items():
        if not bucket.get("BucketEncryption"):
            yield f"{name} is not encrypted"
    for name, launch in of_type(all_["worker"], "AWS::EC2::LaunchTemplate").items():
        for disk in launch["LaunchTemplateData"].get("BlockDeviceMappings", [{}]):
            if disk.get("Ebs", {}).get("Encrypted") is not True:
                yield f"{name} has a disk that is not encrypted"


def tables_can_be_restored(all_):
    """A mistake is undone from a backup, and seven days later an erased row is gone from it."""
    for name, table in of_type(all_["template"], "AWS::DynamoDB::Table").items():
        recovery = table.get("PointInTimeRecoverySpecification", {})
        if recovery != {"PointInTimeRecoveryEnabled": True, "RecoveryPeriodInDays": 7}:
            yield f"{name} has no recovery of seven days"
        if "DeletionProtectionEnabled" not in table:
            yield f"{name} may be deleted"


def state_outlives_its_stack(all_):
    """Who deletes a stack by mistake loses no credits and no files."""
    for name, resource in all_["template"]["Resources"].items():
        keeps = resource["Type"] in ("AWS::DynamoDB::Table", "AWS::S3::Bucket",
                                     "AWS::SecretsManager::Secret")
        for policy in ("DeletionPolicy", "UpdateReplacePolicy"):
            if keeps and resource.get(policy) != "Retain":
                yield f"{name} has no {policy} Retain"


def bucket_is_private(all_):
    """Files are reached by presigned links only."""
    blocks = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
    for name, bucket in of_type(all_["template"], "AWS::S3::Bucket").items():
        block = bucket.get("PublicAccessBlockConfiguration", {})
        yield from (f"{name} lacks {key}" for key in blocks if block.get(key) is not True)
        if bucket.get("VersioningConfiguration"):
            yield f"{name} keeps versions, so expired files would stay"


def bucket_forgets(all_):
    """Retention is a promise, and the lifecycle rules carry it out."""
    for name, bucket in of_type(all_["template"], "AWS::S3::Bucket").items():
        rules = bucket.get("LifecycleConfiguration", {}).get("Rules", [])
        rules = [rule for rule in rules if rule["Status"] == "Enabled"]
        found = {rule.get("Prefix"): rule["ExpirationInDays"] for rule in rules
                 if "ExpirationInDays" in rule}
        if found != LIFETIMES:
            yield f"{name} keeps {found}"
        if not any("AbortIncompleteMultipartUpload" in rule and not rule.get("Prefix")
                   for rule in rules):
            yield f"{name} keeps parts of uploads that were never finished"


def _denies(template, sid, action):
    for _, _, statement in statements(template):
        if (statement.get("Sid"), statement["Effect"]) == (sid, "Deny"):
            if as_list(statement["Action"]) == [action] and statement["Principal"] == "*":
                yield statement


def only_tls_is_spoken(all_):
    """Nothing crosses a network in plain text, whatever a client does."""
    main = all_["template"]
    plain = {"Bool": {"aws:SecureTransport": "false"}}
    for kind, action in (("AWS::S3::Bucket", "s3:*"), ("AWS::SQS::Queue", "sqs:*"),
                         ("AWS::SNS::Topic", "sns:Publish")):
        denied = {name_of(resource) for statement in _denies(main, "RefusePlainText", action)
                  if statement["Condition"] == plain for resource in as_list(statement["Resource"])}
        yield from (f"{name} takes plain text" for name in of_type(main, kind)
                    if name not in denied)
    for statement in _denies(main, "RefusePlainText", "s3:*"):
        if len(statement["Resource"]) != 2:
            yield "the bucket's objects or the bucket itself are left out"
    old = [s for s in _denies(main, "RefuseOldTls", "s3:*")
           if s["Condition"] == {"NumericLessThan": {"s3:TlsVersion": "1.2"}}]
    if not old:
        yield "the bucket takes TLS older than 1.2"
    for name, distribution in of_type(all_["edge"], "AWS::CloudFront::Distribution").items():
        config = distribution["DistributionConfig"]
        for behaviour in [config["DefaultCacheBehavior"], *config["CacheBehaviors"]]:
            if behaviour["ViewerProtocolPolicy"] not in ("https-only", "redirect-to-https"):
                yield f"{name} answers plain text"
        for origin in config["Origins"]:
            if origin["CustomOriginConfig"]["OriginProtocolPolicy"] != "https-only":
                yield f"{name} asks {origin['Id']} in plain text"


def no_right_is_open(all_):
    """A wildcard in a right is a hole unless somebody has said why."""
    met = set()
    for name in ("template", "worker"):
        for owner, kind, statement in statements(all_[name]):
            if statement["Effect"] != "Allow" or kind == "AWS::SNS::TopicPolicy":
                continue
            texts = as_list(statement["Action"]) + [
                json.dumps(resource) for resource in as_list(statement["Resource"])
                # Keys under a prefix of the one bucket.
                if name_of(resource) != "MediaBucket"]
            if any("*" in text for text in texts):
                met.add((owner, statement.get("Sid")))
        for owner, role in of_type(all_[name], "AWS::IAM::Role").items():
            for policy in role.get("ManagedPolicyArns", []):
                text = json.dumps(policy)
                if not any(known in text for known in MANAGED):
                    yield f"{owner} has {text}"
    yield from (f"{owner}.{sid} has a wildcard" for owner, sid in met - set(WILDCARDS))
    yield from (f"{owner}.{sid} needs no reason" for owner, sid in set(WILDCARDS) - met)


def rights_have_names(all_):
    """The test of roles, and people, speak of statements by name."""
    for template in all_.values():
        seen = set()
        for owner, _, statement in statements(template):
            key = (owner, statement.get("Sid"))
            if not key[1] or key in seen:
                yield f"{owner} has a statement without a name of its own"
            seen.add(key)


def stated_rights_are_there(all_):
    """Rights that no scenario uses on a laptop are listed, so that none is lost unnoticed."""
    wanted = {
        "template": {("ReadOriginSecret", "ReadOriginSecret"), ("AlarmTopicPolicy",
                     "TakeAlarmsAndBudgets"), ("MediaFunctionRole", "SeeMissingUploads"),
                     ("HousekeeperFunctionRole", "TakeDeadLetters")},
        "worker": {("ExecutionRole", "LogIn"), ("ExecutionRole", "FetchImage"),
                   ("ExecutionRole", "WriteLog")},
    }
    for name, names in wanted.items():
        there = {(owner, s.get("Sid")) for owner, _, s in statements(all_[name])}
        yield from (f"{owner}.{sid} is missing" for owner, sid in names - there)


def queues_give_up(all_):
    """A message that nobody can handle goes where somebody looks, and is kept for two weeks."""
    queues = of_type(all_["template"], "AWS::SQS::Queue")
    targets = {name_of(queue["RedrivePolicy"]["deadLetterTargetArn"])
               for queue in queues.values() if "RedrivePolicy" in queue}
    for name, queue in queues.items():
        if name not in targets and "RedrivePolicy" not in queue:
            yield f"{name} has no dead-letter queue"
        if name in targets and queue.get("MessageRetentionPeriod") != 1209600:
            yield f"{name} forgets before two weeks are over"


def logs_end(all_):
    """A log that nobody planned is kept for ever, at our cost and against our policy."""
    main = all_["template"]
    for template in (main, all_["worker"]):
        for name, group in of_type(template, "AWS::Logs::LogGroup").items():
            if "RetentionInDays" not in group:
                yield f"{name} has no end"
    groups = of_type(main, "AWS::Logs::LogGroup")
    used = {}
    for name, function in of_type(main, "AWS::Lambda::Function").items():
        group = name_of(function.get("LoggingConfig", {}).get("LogGroup"))
        if group not in groups:
            yield f"{name} has no log group"
        used.setdefault(group, []).append(name)
    yield from (f"{group} is shared" for group, names in used.items() if len(names) > 1)


def times_fit(all_):
    """Whoever waits must wait longer than the one it waits for."""
    main = all_["template"]
    functions = of_type(main, "AWS::Lambda::Function")
    called = {name_of(permission["FunctionName"]): permission["Principal"]
              for permission in of_type(main, "AWS::Lambda::Permission").values()}
    for name, function in functions.items():
        limit = {"apigateway.amazonaws.com": 29, "events.amazonaws.com": 60}.get(called[name], 900)
        if function["Timeout"] > limit:
            yield f"{name} may take {function['Timeout']} s of {limit} s"
    queues = of_type(main, "AWS::SQS::Queue")
    for name, mapping in of_type(main, "AWS::Lambda::EventSourceMapping").items():
        queue = queues[name_of(mapping["EventSourceArn"])]
        least = 6 * functions[name_of(mapping["FunctionName"])]["Timeout"]
        if queue.get("VisibilityTimeout", 30) < least:
            yield f"{name}: messages come again before {least} s"
        if mapping.get("FunctionResponseTypes") != ["ReportBatchItemFailures"]:
            yield f"{name}: one bad message brings a whole batch back"
    lease = _constant("shared/domain/src/job.rs", r"LEASE: SignedDuration = \w+::from_secs\((\d+)\)")
    if queues["JobsQueue"]["VisibilityTimeout"] != lease:
        yield f"a job's message is not hidden for the {lease} s of a lease"
    drain = _constant("functions/worker/src/receive.rs", r"DRAIN: Duration = \w+::from_secs\((\d+)\)")
    for name, task in of_type(all_["worker"], "AWS::ECS::TaskDefinition").items():
        for container in task["ContainerDefinitions"]:
            if container.get("StopTimeout", 30) < drain + 10:
                yield f"{name} is killed before it has handed its jobs back ({drain} s)"


def _constant(file, pattern):
    return int(re.search(pattern, (ROOT / file).read_text()).group(1))


def api_is_throttled(all_):
    """One caller must not use up the account's concurrency, nor its owner's money."""
    for name, stage in of_type(all_["template"], "AWS::ApiGatewayV2::Stage").items():
        settings = stage.get("DefaultRouteSettings", {})
        for key in ("ThrottlingRateLimit", "ThrottlingBurstLimit"):
            if key not in settings:
                yield f"{name} has no {key}"


def access_log_knows_nobody(all_):
    """Addresses and tokens in paths are personal; a route's pattern is not."""
    for name, stage in of_type(all_["template"], "AWS::ApiGatewayV2::Stage").items():
        log = stage.get("AccessLogSettings", {})
        if not log.get("Format"):
            yield f"{name} has no access log"
        for word in ("identity", "$context.path", "userAgent", "authorizer"):
            if word in log.get("Format", ""):
                yield f"{name} logs {word}"


def secrets_are_references(all_):
    """A value in the environment is seen by whoever may look at a function."""
    for name, function in of_type(all_["template"], "AWS::Lambda::Function").items():
        for variable in function["Environment"]["Variables"]:
            if re.search("SECRET|TOKEN|PASSWORD", variable) and not variable.endswith("_ARN"):
                yield f"{name} is told {variable}"
    for name, secret in of_type(all_["template"], "AWS::SecretsManager::Secret").items():
        if "SecretString" in secret or "GenerateSecretString" not in secret:
            yield f"{name} is written in the template"


def _alarms(all_):
    """Those for people; the worker's only calls the scaling policy."""
    return of_type(all_["template"], "AWS::CloudWatch::Alarm")


def alarms_are_in_the_runbook(all_):
    """Whoever is woken needs to know what to do; and what the runbook counts on must be there."""
    text = (INFRA / "RUNBOOK.md").read_text()
    sections = {part.split("\n", 1)[0].strip(): part.split("\n", 1)[-1].strip()
                for part in text.split("\n## ")[1:]}
    described = {title for title in sections if title.endswith("Alarm") or title == "Budget"}
    alarms = {*_alarms(all_), *of_type(all_["template"], "AWS::Budgets::Budget")}
    yield from (f"the runbook has no {name}" for name in alarms - described)
    yield from (f"there is no {name}" for name in described - alarms)
    yield from (f"the runbook says nothing of {name}" for name in described
                if len(sections[name].split()) < 20)


def alarms_are_heard(all_):
    """An alarm without an action is a picture."""
    for name, alarm in _alarms(all_).items():
        if [name_of(action) for action in alarm.get("AlarmActions", [])] != ["AlarmTopic"]:
            yield f"{name} tells nobody"
        if f"RUNBOOK.md, {name}." not in alarm.get("AlarmDescription", ""):
            yield f"{name} does not name its paragraph"
        if "TreatMissingData" not in alarm:
            yield f"{name} does not say what silence means"


def alarms_are_small(all_):
    """CloudWatch refuses an alarm of more than ten metrics and expressions."""
    for name, alarm in _alarms(all_).items():
        if len(alarm.get("Metrics", [])) > 10:
            yield f"{name} has {len(alarm['Metrics'])} metrics"


def _metrics(alarm):
    """What an alarm looks at: itself, or what its expression is made of."""
    parts = [part["MetricStat"]["Metric"] for part in alarm.get("Metrics", []) if "MetricStat" in part]
    return parts or [alarm]


def metrics_pass_the_log(all_):
    """The housekeeper's metrics are log lines without a level, which Lambda takes for INFO."""
    logging = all_["template"]["Resources"]["HousekeeperFunction"]["Properties"]["LoggingConfig"]
    if logging["ApplicationLogLevel"] != "TRACE":
        yield "a log level of WARN takes the metrics away, and with them every worker"


def metrics_are_published(all_):
    """An alarm on a metric that no code publishes is silent for ever."""
    code = "\n".join(file.read_text() for file in (ROOT / "functions").glob("*/src/**/*.rs"))
    published = set(re.findall(r'count\("(\w+)"', code)) | set(re.findall(r'name: "(\w+)"', code))
    uses = list(_alarms(all_).items())
    uses += of_type(all_["worker"], "AWS::CloudWatch::Alarm").items()
    for name, metric in ((name, metric) for name, alarm in uses for metric in _metrics(alarm)):
        if metric.get("Namespace") != "Reverie":
            continue
        if metric["MetricName"] not in published:
            yield f"{name} is about {metric['MetricName']}, which nobody publishes"
        dimensions = [dimension["Name"] for dimension in metric["Dimensions"]]
        if dimensions != ["stack", "component"]:
            yield f"{name} has other dimensions than the code: {dimensions}"
    body = of_type(all_["template"], "AWS::CloudWatch::Dashboard")["Dashboard"]["DashboardBody"]
    for widget in json.loads(body["Fn::Sub"])["widgets"]:
        first = widget["properties"]["metrics"][0]
        if first[0] == "Reverie":
            for metric in widget["properties"]["metrics"]:
                if metric[1] not in published:
                    yield f"the dashboard shows {metric[1]}, which nobody publishes"


def steps_leave_no_gap(all_):
    """Between two steps of the scaling policy nothing would happen."""
    for name, policy in of_type(all_["worker"], "AWS::ApplicationAutoScaling::ScalingPolicy").items():
        steps = policy["StepScalingPolicyConfiguration"]["StepAdjustments"]
        end, workers = 0, -1
        for step in steps:
            if step["MetricIntervalLowerBound"] != end:
                yield f"{name} has a gap or an overlap at {end}"
            end = step.get("MetricIntervalUpperBound")
            if step["ScalingAdjustment"] <= workers:
                yield f"{name} has fewer workers for more jobs"
            workers = step["ScalingAdjustment"]
            if end is not None and workers < end - 1:
                yield f"{name} gives {workers} workers where {end - 1} are wanted"
        if end is not None or len(steps) > 20 or steps[0]["ScalingAdjustment"] != 0:
            yield f"{name} does not go from none to any number"


def workers_are_closed(all_):
    """A worker reads what strangers wrote. A fault in a decoder must not become a way in."""
    worker = all_["worker"]
    for name, group in of_type(worker, "AWS::EC2::SecurityGroup").items():
        if group.get("SecurityGroupIngress"):
            yield f"{name} lets somebody in"
        if any((rule["FromPort"], rule["ToPort"]) != (443, 443)
               for rule in group["SecurityGroupEgress"]):
            yield f"{name} lets more out than TLS"
    for name, task in of_type(worker, "AWS::ECS::TaskDefinition").items():
        for container in task["ContainerDefinitions"]:
            if container.get("User", "root").split(":")[0] in ("root", "0"):
                yield f"{name} runs as root"
            if container.get("ReadonlyRootFilesystem") is not True or container.get("Privileged"):
                yield f"{name} can change its system"
            if container.get("LinuxParameters", {}).get("Capabilities") != {"Drop": ["ALL"]}:
                yield f"{name} has capabilities"
    for name, launch in of_type(worker, "AWS::EC2::LaunchTemplate").items():
        options = launch["LaunchTemplateData"].get("MetadataOptions")
        if options != {"HttpTokens": "required", "HttpPutResponseHopLimit": 1}:
            yield f"{name} gives its credentials to containers"
    endpoints = {json.dumps(e["ServiceName"]).rsplit(".", 1)[-1].strip('"}')
                 for e in of_type(worker, "AWS::EC2::VPCEndpoint").values()}
    if endpoints != {"s3", "dynamodb"}:
        yield f"traffic of {{'s3', 'dynamodb'}} leaves the network: {endpoints}"


def edge_is_in_front(all_):
    """A firewall that can be walked around protects nothing."""
    for name, distribution in of_type(all_["edge"], "AWS::CloudFront::Distribution").items():
        config = distribution["DistributionConfig"]
        if name_of(config.get("WebACLId")) != "Firewall":
            yield f"{name} has no firewall"
        for origin in config["Origins"]:
            headers = [header["HeaderName"] for header in origin.get("OriginCustomHeaders", [])]
            if headers != ["x-reverie-edge"]:
                yield f"{name} shows {origin['Id']} no secret"
            if "resolve:secretsmanager" not in json.dumps(origin):
                yield f"{name} has the secret in the template"
        for behaviour in [config["DefaultCacheBehavior"], *config["CacheBehaviors"]]:
            if not behaviour.get("ResponseHeadersPolicyId"):
                yield f"{name} answers without security headers"
            if not behaviour.get("FunctionAssociations"):
                yield f"{name} does not say who the viewer is"
        streamed = {b["PathPattern"]: b["TargetOriginId"] for b in config["CacheBehaviors"]}
        if streamed != {"/v1/generations/*/events": "events"}:
            yield f"{name} does not stream"
    for acl in of_type(all_["edge"], "AWS::WAFv2::WebACL").values():
        names = [rule["Name"] for rule in acl["Rules"]]
        if names != ["rate", "reputation", "bad-inputs", "common"]:
            yield f"the firewall has {names}"


def stacks_fit(all_):
    """A name that one stack imports and the other does not export fails in the middle of a deployment."""
    exports = {output["Export"]["Name"]["Fn::Sub"].replace("${AWS::StackName}", "")
               for output in all_["template"]["Outputs"].values() if "Export" in output}
    text = json.dumps(all_["worker"])
    imports = {name for name in re.findall(r'"Fn::ImportValue": {"Fn::Sub": "\${Stack}([^"]+)"', text)}
    yield from (f"nobody exports {name}" for name in imports - exports)
    yield from (f"nobody imports {name}" for name in exports - imports)
    outputs = set(all_["template"]["Outputs"])
    yield from (f"there is no output {name}" for name in ("ApiDomain", "EventsDomain", "OriginSecretName")
                if name not in outputs or name not in all_["edge"]["Parameters"])


RULES = [value for name, value in list(globals().items())
         if callable(value) and getattr(value, "__module__", "") == __name__
         and not name.startswith("_")]
