"""Fixtures: the functions in this process, on a table of their own that moto keeps in memory."""

# moto must be there before anything makes a client: it puts itself between every client and the network.
import moto  # isort: skip
import ipaddress
from collections import OrderedDict
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from moto.core import responses, utils
from moto.core.serialize import AttributePickerContext, XFormedAttributePicker

from loyalty import queue, receivers
from loyalty.services import webhooks
from loyalty.settings import settings
from loyalty.store import published, rulesets, table
from loyalty.store import webhooks as webhooks_known
from tests.support.backend import Backend, Carrier
from tests.support.project import resources

TABLE = "earnest-test"


class _Picker(XFormedAttributePicker):
    """Takes a member of an attribute value as it is called.

    moto looks for twenty aliases of each of the nine members that a value does not have: a third of a test's time.
    """

    def __call__(self, context: AttributePickerContext) -> Any:
        if isinstance(context.obj, dict) and vars(context.shape)["parent"].name == "AttributeValue":
            return context.obj.get(context.key)
        return super().__call__(context)


@pytest.fixture(scope="session")
def client() -> Iterator[Any]:
    """The product's own client, made once: that takes a hundred times as long as a call."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(responses, "XFormedAttributePicker", _Picker)
        patch.setattr(responses, "method_names_from_class", cache(utils.method_names_from_class))
        with pytest.MonkeyPatch.context() as region, moto.mock_aws():
            region.setenv("AWS_DEFAULT_REGION", "eu-central-1")
            made = table.client.__wrapped__()
        yield made
        made.close()


@pytest.fixture
def empty(client: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Backend]:
    """The functions on an empty table, which is the template's."""
    (schema,) = resources("AWS::DynamoDB::Table").values()
    with moto.mock_aws():
        client.create_table(
            TableName=TABLE, **{name: schema[name] for name in ("BillingMode", "AttributeDefinitions", "KeySchema")}
        )
        monkeypatch.setenv("TABLE_NAME", TABLE)
        monkeypatch.setattr(table, "client", lambda: client)
        monkeypatch.setattr(rulesets, "_compiled", OrderedDict())
        monkeypatch.setattr(published, "_known", OrderedDict())
        carrier = Carrier()
        monkeypatch.setattr(queue, "sqs", lambda: carrier)
        monkeypatch.setattr(queue, "event_bridge", lambda: carrier)
        monkeypatch.setattr(webhooks_known, "_known", {})
        monkeypatch.setattr(webhooks, "_paused_until", {})
        # No test speaks to the internet: names have a public address, and receivers take what they get.
        monkeypatch.setattr(receivers, "resolve", lambda host, _port: [host if _is_address(host) else "93.184.215.14"])
        monkeypatch.setattr(receivers, "post", lambda *_: receivers.Reply(status=204))
        settings.cache_clear()
        yield Backend(client, TABLE, carrier)
        settings.cache_clear()


def _is_address(host: str) -> bool:
    try:
        return bool(ipaddress.ip_address(host))
    except ValueError:
        return False


@pytest.fixture
def backend(empty: Backend) -> Backend:
    """The functions on a table with the brand, the reward and the campaign of the sample events."""
    empty.set_up()
    return empty
