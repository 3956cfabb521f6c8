"""The table in memory of the simulation as boto3's client: for the long form of a test that one thread makes.

moto copies a table for each transaction, so it takes the longer the more there is.
"""

from typing import Any

from botocore.exceptions import ClientError

from loyalty.clock import now
from tests.simulation.dynamodb import DynamoDBError, Table


class MemoryClient:
    """What the product and a backend ask of a table, answered at once and without a network."""

    def __init__(self) -> None:
        self.table = Table(lambda: int(now().timestamp() * 1000))

    def get_item(self, **request: Any) -> Any:
        """GetItem."""
        return self._answer("get_item", request)

    def batch_get_item(self, **request: Any) -> Any:
        """BatchGetItem."""
        return self._answer("batch_get_item", request)

    def query(self, **request: Any) -> Any:
        """Query."""
        return self._answer("query", request)

    def put_item(self, **request: Any) -> Any:
        """PutItem."""
        return self._answer("put_item", request)

    def update_item(self, **request: Any) -> Any:
        """UpdateItem."""
        return self._answer("update_item", request)

    def transact_write_items(self, **request: Any) -> Any:
        """TransactWriteItems."""
        return self._answer("transact_write_items", request)

    def batch_write_item(self, **request: Any) -> Any:
        """BatchWriteItem of puts, however many they are."""
        for wanted in request["RequestItems"].values():
            for one in wanted:
                self.put_item(Item=one["PutRequest"]["Item"])
        return {"UnprocessedItems": {}}

    def scan(self, **_request: Any) -> Any:
        """Scan, everything in one answer."""
        return {"Items": [item for _, item in self.table.items()]}

    def _answer(self, operation: str, request: Any) -> Any:
        try:
            return getattr(self.table, operation)(request)
        except DynamoDBError as refusal:
            response: Any = {
                "Error": {"Code": refusal.code, "Message": refusal.message},
                "ResponseMetadata": {"HTTPStatusCode": 400},
                "CancellationReasons": refusal.reasons,
            }
            raise ClientError(response, operation) from None
