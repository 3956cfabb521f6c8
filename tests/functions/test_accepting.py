"""Requests of marketing tools, accepted while others are at the same trace."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.support.backend import Backend
from tests.support.samples import body_of

CONFLICT: Any = {"Error": {"Code": "TransactionConflictException", "Message": "Transaction is ongoing for the item"}}


@pytest.mark.parametrize("key", ["k1", None])
def test_a_message_that_is_carried_out_while_its_request_is_recorded_keeps_nobody_from_accepting_it(
    backend: Backend, monkeypatch: pytest.MonkeyPatch, key: str | None
) -> None:
    def put_item(**_request: Any) -> Any:
        raise ClientError(CONFLICT, "PutItem")  # DynamoDB's answer while a transaction has the item

    backend.emit("ana")
    with monkeypatch.context() as patch:
        patch.setattr(backend.client, "put_item", put_item)
        answer = backend.call("create_hot_offer", {**body_of("create_hot_offer"), "idempotencyKey": key})
    assert answer.status == 202
    assert backend.process_assignment() == []
    assert backend.trace(answer.body["traceId"])["status"] == "ASSIGNED"
