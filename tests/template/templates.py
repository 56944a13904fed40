"""The templates as CloudFormation gets them: the SAM one expanded, as `sam deploy` would."""

import copy
import logging
import os
import pathlib

os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")
# It counts its own calls, and is sorry that nobody reads them.
logging.getLogger("samtranslator.metrics").setLevel(logging.ERROR)

from samtranslator.translator.transform import transform  # noqa: E402
from samtranslator.yaml_helper import yaml_parse  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
INFRA = ROOT / "infra"


class _NoManagedPolicies:
    def load(self):
        return {}


def source(name):
    """A template as it is written."""
    return yaml_parse((INFRA / name).read_text())


def expand(template):
    """A SAM template as the CloudFormation that it stands for."""
    template = copy.deepcopy(template)
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            # What `sam build` and `sam package` put there.
            resource["Properties"]["CodeUri"] = "s3://artefacts/function.zip"
    return transform(template, {}, _NoManagedPolicies())


def load():
    """All templates by name, expanded."""
    return {
        "template": expand(source("template.yaml")),
        "worker": source("worker.yaml"),
        "edge": source("edge.yaml"),
    }


def of_type(template, kind):
    """The resources of a type: name and properties."""
    return {
        name: resource.get("Properties", {})
        for name, resource in template["Resources"].items()
        if resource["Type"] == kind
    }


def name_of(value):
    """The resource that `Ref`, `GetAtt` or `Sub` speaks of."""
    if isinstance(value, dict):
        if "Ref" in value:
            return value["Ref"]
        if "Fn::GetAtt" in value:
            target = value["Fn::GetAtt"]
            return target[0] if isinstance(target, list) else target.split(".")[0]
        if isinstance(value.get("Fn::Sub"), str):
            return value["Fn::Sub"].split("${", 1)[-1].split("}")[0].split(".")[0]
    return value


def as_list(value):
    return value if isinstance(value, list) else [value]


def statements(template):
    """Every policy statement with its owner and the resource's type."""
    for name, resource in template["Resources"].items():
        properties = resource.get("Properties", {})
        documents = [policy["PolicyDocument"] for policy in properties.get("Policies", [])
                     if isinstance(policy, dict) and "PolicyDocument" in policy]
        if "PolicyDocument" in properties:
            documents.append(properties["PolicyDocument"])
        for document in documents:
            for statement in document["Statement"]:
                yield name, resource["Type"], statement
