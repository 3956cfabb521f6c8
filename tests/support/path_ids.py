"""Ids in paths, over HTTP: the same for the local engine, for `sam local` and for a stack in AWS."""

from collections.abc import Callable

import httpx

ENCODED = {
    "x%41": "x%2541",
    "xA": "xA",
    "a+b c": "a%2Bb%20c",
    "ana@example.com": "ana%40example.com",
    "ü%": "%C3%BC%25",
}
"""Ids, and how a path has each."""

NOBODY = ("x%252541", "x%2", "ana%2540example.com")
"""What stands in a path and is the id of nobody, however often it is decoded after the first time."""


def assert_read_once(emit: Callable[[str], httpx.Response], read: Callable[[str], httpx.Response]) -> None:
    """Each customer is read by its own id, encoded once, and by no other; `read` takes the id as a path has it."""
    for customer in ENCODED:
        assert emit(customer).status_code == 201
    for customer, encoded in ENCODED.items():
        assert read(encoded).json()["data"]["customer_id"] == customer
    for encoded in NOBODY:
        assert read(encoded).status_code in (400, 404), encoded
    answer = emit("gid://shopify/Customer/7")
    assert (answer.status_code, answer.json()["details"]["fields"][0]["field"]) == (400, "customer_id")
    assert not read("gid:%2F%2Fshopify%2FCustomer%2F7").is_success  # gateways differ in how they refuse it
