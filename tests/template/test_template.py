"""The rules on the templates, and that each rule is worth having: what is removed is missed."""

import copy
import unittest

import rules
import templates


def broken(rule, all_):
    """What a rule finds; a rule that stumbles over what is missing has found it, too."""
    try:
        return list(rule(all_))
    except (KeyError, IndexError, TypeError, AttributeError) as stumbled:
        return [f"{type(stumbled).__name__}: {stumbled}"]


class Rules(unittest.TestCase):
    def test_every_rule_holds(self):
        all_ = templates.load()
        for rule in rules.RULES:
            with self.subTest(rule.__name__):
                self.assertEqual(list(rule(all_)), [], rule.__doc__)


class Mutations(unittest.TestCase):
    """Each part is taken out of the source, alone, and a rule must miss it."""

    @classmethod
    def setUpClass(cls):
        cls.source = {name: templates.source(f"{name}.yaml")
                      for name in ("template", "worker", "edge")}
        cls.expanded = templates.load()

    def check(self, name, what, change):
        """A change of one template is missed by some rule; the name of the rule."""
        changed = copy.deepcopy(self.source[name])
        change(changed)
        changed = templates.expand(changed) if name == "template" else changed
        all_ = {**self.expanded, name: changed}
        missed = [rule.__name__ for rule in rules.RULES if broken(rule, all_)]
        self.assertTrue(missed, f"{what} can go unnoticed")
        return missed

    def test_each_lifecycle_rule(self):
        bucket = self.source["template"]["Resources"]["MediaBucket"]["Properties"]
        for number, rule in enumerate(bucket["LifecycleConfiguration"]["Rules"]):
            with self.subTest(rule["Id"]):
                def remove(template, number=number):
                    found = template["Resources"]["MediaBucket"]["Properties"]
                    del found["LifecycleConfiguration"]["Rules"][number]
                self.assertIn("bucket_forgets", self.check("template", rule["Id"], remove))

    def test_each_alarm(self):
        for name in templates.of_type(self.source["template"], "AWS::CloudWatch::Alarm"):
            with self.subTest(name):
                def remove(template, name=name):
                    del template["Resources"][name]
                missed = self.check("template", name, remove)
                self.assertIn("alarms_are_in_the_runbook", missed)

    def test_each_statement_that_is_no_functions(self):
        # Those of functions and of the worker are used or missed by the scenario in
        # tests/tests/roles.rs, which takes them out one by one, too.
        for name in ("template", "worker"):
            for owner, kind, statement in list(templates.statements(self.source[name])):
                if owner == "WorkerRole":
                    continue
                with self.subTest(f"{owner}.{statement['Sid']}"):
                    def remove(template, owner=owner, sid=statement["Sid"]):
                        properties = template["Resources"][owner]["Properties"]
                        documents = [p["PolicyDocument"] for p in properties.get("Policies", [])]
                        documents += [properties.get("PolicyDocument", {"Statement": []})]
                        for document in documents:
                            document["Statement"] = [
                                s for s in document["Statement"] if s["Sid"] != sid]
                    self.check(name, f"{owner}.{statement['Sid']}", remove)

    def test_each_protection(self):
        """Properties that keep data, money or people safe, one at a time."""
        tables = templates.of_type(self.source["template"], "AWS::DynamoDB::Table")
        paths = [("template", (table, key)) for table in tables for key in (
            "SSESpecification", "PointInTimeRecoverySpecification", "DeletionProtectionEnabled")]
        paths += [("template", path) for path in (
            ("MediaBucket", "BucketEncryption"), ("MediaBucket", "PublicAccessBlockConfiguration"),
            ("JobsQueue", "RedrivePolicy"), ("JobsQueue", "SqsManagedSseEnabled"),
            ("JobsDeadLetterQueue", "VisibilityTimeout"), ("Api", "AccessLogSettings"),
            ("Api", "DefaultRouteSettings"), ("AuthFunction", "LoggingConfig"))]
        paths += [("worker", path) for path in (
            ("BucketEndpoint", "ServiceName"), ("GpuLaunch", "LaunchTemplateData", "MetadataOptions"),
            ("GpuLaunch", "LaunchTemplateData", "BlockDeviceMappings"),
            ("Task", "ContainerDefinitions", 0, "StopTimeout"),
            ("Task", "ContainerDefinitions", 0, "User"),
            ("Task", "ContainerDefinitions", 0, "ReadonlyRootFilesystem"),
            ("FollowBacklog", "StepScalingPolicyConfiguration", "StepAdjustments", 3))]
        paths += [("edge", ("Distribution", "DistributionConfig", *path)) for path in (
            ("WebACLId",), ("Origins", 1, "OriginCustomHeaders"), ("CacheBehaviors", 0),
            ("DefaultCacheBehavior", "ResponseHeadersPolicyId"),
            ("DefaultCacheBehavior", "FunctionAssociations"))]
        for name, (resource, *path) in paths:
            with self.subTest(f"{resource} {path}"):
                def remove(template, resource=resource, path=path):
                    place = template["Resources"][resource]["Properties"]
                    for step in path[:-1]:
                        place = place[step]
                    del place[path[-1]]
                self.check(name, f"{resource} {path}", remove)


if __name__ == "__main__":
    unittest.main()
