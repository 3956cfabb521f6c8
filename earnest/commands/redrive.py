"""Moves messages from dead-letter queues back to their queues; each is processed once, however often it is moved."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3

from earnest.errors import CommandError
from earnest.local.deploy import STACK
from earnest.local.engine import REGION

_DEAD_LETTERS = "SetAsideUrl"
_BATCH = 10


def stack_and_client_options(stack: str | None, connection_file: Path) -> tuple[str, dict[str, Any]]:
    """Return a stack's name and the options for AWS clients to reach it; None means the stack on this machine."""
    if stack:
        return stack, {}
    if not connection_file.exists():
        raise CommandError("Which one? None runs on this machine: start it (make run), or name one in AWS.")
    address = urlsplit(json.loads(connection_file.read_text(encoding="utf-8"))["base_url"])
    local = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}  # nosec B105 - the engine takes any
    return STACK, {"endpoint_url": f"{address.scheme}://{address.netloc}", "region_name": REGION, **local}


def redrive_queues(stack: str | None, connection_file: Path) -> Iterator[tuple[str, int]]:
    """Move all messages back; yield each queue's name and how many messages it got back.

    A message is sent to its queue before it is deleted from the dead-letter queue: an interruption leaves it in both,
    and it is still processed once. Raises CommandError if there is no such stack.
    """
    name, options = stack_and_client_options(stack, connection_file)
    found = outputs(boto3.client("cloudformation", **options), name)
    sqs = boto3.client("sqs", **options)
    for key, dead_letters in found.items():
        if key.endswith(_DEAD_LETTERS):
            queue = found[key.removesuffix(_DEAD_LETTERS) + "Url"]
            yield key.removesuffix(_DEAD_LETTERS), _put_back(sqs, dead_letters, queue)


def _put_back(sqs: Any, dead_letters: str, queue: str) -> int:
    moved = 0
    while True:
        request = {
            "QueueUrl": dead_letters,
            "MaxNumberOfMessages": _BATCH,
            "WaitTimeSeconds": 1,
            "VisibilityTimeout": 60,
        }
        found = sqs.receive_message(**request, MessageSystemAttributeNames=["MessageGroupId"]).get("Messages", ())
        if not found:
            return moved
        for message in found:
            group = message.get("Attributes", {}).get("MessageGroupId")
            body = begun_anew(message["Body"])
            sqs.send_message(QueueUrl=queue, MessageBody=body, **({"MessageGroupId": group} if group else {}))
            sqs.delete_message(QueueUrl=dead_letters, ReceiptHandle=message["ReceiptHandle"])
            moved += 1


def begun_anew(body: str) -> str:
    """The body of a message; one for a webhook as it was before its first attempt."""
    message = json.loads(body)
    if isinstance(message, dict) and "webhook_id" in message:
        return json.dumps({name: value for name, value in message.items() if name not in ("attempt", "due")})
    return body


def outputs(cloudformation: Any, stack: str) -> Mapping[str, str]:
    """Return a stack's outputs. Raises CommandError if there is no such stack."""
    found = cloudformation.describe_stacks(StackName=stack)["Stacks"]
    if not found:
        raise CommandError(f"There is no stack {stack}.")
    return {output["OutputKey"]: output["OutputValue"] for output in found[0]["Outputs"]}
