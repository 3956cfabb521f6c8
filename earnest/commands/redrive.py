"""Putting back what queues have set aside: carried out once, however often it is put back."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3

from earnest.errors import CommandError
from earnest.local.deploy import STACK
from earnest.local.engine import REGION

_SET_ASIDE = "SetAsideUrl"
_BATCH = 10


def stack_and_client_options(stack: str | None, connection_file: Path) -> tuple[str, dict[str, Any]]:
    """Return a stack's name and how to reach it: one of the AWS environment's account, or the one on this machine."""
    if stack:
        return stack, {}
    if not connection_file.exists():
        raise CommandError("Which one? None runs on this machine: start it (make run), or name one in AWS.")
    address = urlsplit(json.loads(connection_file.read_text(encoding="utf-8"))["base_url"])
    local = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}  # nosec B105 - the engine takes any
    return STACK, {"endpoint_url": f"{address.scheme}://{address.netloc}", "region_name": REGION, **local}


def redrive_queues(stack: str | None, connection_file: Path) -> Iterator[tuple[str, int]]:
    """Put everything back; yield each queue's name and how many messages went back to it.

    A message is sent to its queue before it is deleted where it was: an interruption leaves it in both, and a worker
    carries it out once. Raises CommandError if there is no such stack.
    """
    name, reached = stack_and_client_options(stack, connection_file)
    found = outputs(boto3.client("cloudformation", **reached), name)
    sqs = boto3.client("sqs", **reached)
    for key, set_aside in found.items():
        if key.endswith(_SET_ASIDE):
            queue = found[key.removesuffix(_SET_ASIDE) + "Url"]
            yield key.removesuffix(_SET_ASIDE), _put_back(sqs, set_aside, queue)


def _put_back(sqs: Any, set_aside: str, queue: str) -> int:
    done = 0
    while True:
        asked = {"QueueUrl": set_aside, "MaxNumberOfMessages": _BATCH, "WaitTimeSeconds": 1, "VisibilityTimeout": 60}
        found = sqs.receive_message(**asked, MessageSystemAttributeNames=["MessageGroupId"]).get("Messages", ())
        if not found:
            return done
        for message in found:
            group = message.get("Attributes", {}).get("MessageGroupId")
            sqs.send_message(
                QueueUrl=queue, MessageBody=message["Body"], **({"MessageGroupId": group} if group else {})
            )
            sqs.delete_message(QueueUrl=set_aside, ReceiptHandle=message["ReceiptHandle"])
            done += 1


def outputs(cloudformation: Any, stack: str) -> Mapping[str, str]:
    """Return a stack's outputs; CommandError if there is no such stack."""
    found = cloudformation.describe_stacks(StackName=stack)["Stacks"]
    if not found:
        raise CommandError(f"There is no stack {stack}.")
    return {output["OutputKey"]: output["OutputValue"] for output in found[0]["Outputs"]}
