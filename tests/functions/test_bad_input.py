"""emit_event against what the world sends: each a 4xx that names the field, and nothing stored."""

from typing import Any

import pytest

from tests.support.backend import Backend, event_body

POINTS = {"id": "points", "amount": 1}


def product(**fields: Any) -> dict[str, Any]:
    """An order of one product with these fields, after one that is in order."""
    return {"order": {"products": [{"sku": "A"}, fields]}}


NAMED: list[tuple[str, dict[str, Any], list[str]]] = [
    # what is required
    ("no customer", {"customer_id": None}, ["customer_id"]),
    ("an empty customer", {"customer_id": ""}, ["customer_id"]),
    ("a number for a customer", {"customer_id": 7}, ["customer_id"]),
    ("no type", {"type": None}, ["type"]),
    ("no brand", {"brand_id": None}, ["brand_id"]),
    # ids
    ("a customer of 300 characters", {"customer_id": "x" * 300}, ["customer_id"]),
    ("a type of 300 characters", {"type": "x" * 300}, ["type"]),
    ("a purchase of 300 characters", {"order": {"purchase_id": "x" * 300}}, ["order.purchase_id"]),
    ("a reward of 300 characters", {"redeem": [{"id": "x" * 300, "amount": 1}]}, ["redeem.0.id"]),
    ("# in a customer", {"customer_id": "a#b"}, ["customer_id"]),
    ("# in a type", {"type": "A#B"}, ["type"]),
    ("# in a purchase", {"order": {"purchase_id": "D#1"}}, ["order.purchase_id"]),
    ("# in a reward", {"redeem": [{"id": "a#b", "amount": 1}]}, ["redeem.0.id"]),
    ("a blank before a customer", {"customer_id": " ana"}, ["customer_id"]),
    ("a line in a customer", {"customer_id": "an\na"}, ["customer_id"]),
    ("an invisible customer", {"customer_id": "\u200b"}, ["customer_id"]),
    # amounts
    ("a negative value", {"order": {"value": -1}}, ["order.value"]),
    ("a value of 20 digits", {"order": {"value": 12345678901234567890}}, ["order.value"]),
    ("a value of 16 digits", {"order": {"value": 1234567890123456}}, ["order.value"]),
    ("points of 5 decimals", {"redeem": [{"id": "points", "amount": 0.00001}]}, ["redeem.0.amount"]),
    ("a value in words", {"order": {"value": "42"}}, ["order.value"]),
    ("a value that is true", {"order": {"value": True}}, ["order.value"]),
    ("a list of values", {"order": {"value": [1]}}, ["order.value"]),
    ("a negative discount", {"order": {"discounted_value": -0.01}}, ["order.discounted_value"]),
    ("a negative product", product(value=-1), ["order.products.1.value"]),
    ("a negative number of products", product(amount=-1), ["order.products.1.amount"]),
    ("a product of 20 digits", product(value=12345678901234567890), ["order.products.1.value"]),
    ("a negative product in the cart", {"product": {"value": -1}}, ["product.value"]),
    ("a negative shipping", {"order": {"shipping": {"value": -1}}}, ["order.shipping.value"]),
    # redemptions
    ("nothing redeemed", {"redeem": [{"id": "points", "amount": 0}]}, ["redeem.0.amount"]),
    ("less than nothing redeemed", {"redeem": [{"id": "points", "amount": -5}]}, ["redeem.0.amount"]),
    ("half a point redeemed", {"redeem": [{"id": "points", "amount": 0.5}]}, ["redeem.0.amount"]),
    ("20 digits redeemed", {"redeem": [{"id": "points", "amount": 12345678901234567890}]}, ["redeem.0.amount"]),
    ("something redeemed", {"redeem": [{"id": "points"}]}, ["redeem.0.amount"]),
    ("some of what redeemed", {"redeem": [{"amount": 1}]}, ["redeem.0.id"]),
    ("an unknown reward redeemed", {"redeem": [POINTS, {"id": "pounds", "amount": 1}]}, ["redeem.1.id"]),
    (
        "an unknown reward in a product",
        product(redeem=[{"id": "pounds", "amount": 1}]),
        ["order.products.1.redeem.0.id"],
    ),
    ("an object for a list", {"redeem": POINTS}, ["redeem"]),
    ("101 redemptions", {"redeem": [POINTS] * 101}, ["redeem"]),
    # holds
    ("a hold of no day", {"reserve": 0}, ["reserve"]),
    ("a hold of less", {"reserve": -1}, ["reserve"]),
    ("a hold of more than a year", {"reserve": 366}, ["reserve"]),
    ("a hold of half a day", {"reserve": 0.5}, ["reserve"]),
    ("a hold in words", {"reserve": "7"}, ["reserve"]),
    ("a hold that is true", {"reserve": True}, ["reserve"]),
    ("both kinds of hold", {"reserve": 1, "reserve_until": "2026-03-11T12:00:00Z"}, ["reserve_until"]),
    ("a hold until now", {"reserve": None, "reserve_until": "2026-03-10T12:00:00Z"}, ["reserve_until"]),
    ("a hold for two years", {"reserve": None, "reserve_until": "2028-03-10T12:00:00Z"}, ["reserve_until"]),
    ("a hold until the end of time", {"reserve": None, "reserve_until": "9999-12-31T23:59:59Z"}, ["reserve_until"]),
    ("a hold until after it", {"reserve": None, "reserve_until": "9999-12-31T23:59:59-01:00"}, ["reserve_until"]),
    ("a hold until a day", {"reserve": None, "reserve_until": "2026-03-11"}, ["reserve_until"]),
    ("fulfilled in words", {"fulfilled": "false"}, ["fulfilled"]),
    ("fulfilled as a number", {"fulfilled": 0}, ["fulfilled"]),
    # times
    ("a time to come", {"issued_at": "2026-03-10T12:05:00.001Z"}, ["issued_at"]),
    ("a time 72 hours ago and more", {"issued_at": "2026-03-07T11:59:59.999Z"}, ["issued_at"]),
    ("a time before all calendars", {"issued_at": "0001-01-01T00:00:00+01:00"}, ["issued_at"]),
    ("the first of times", {"issued_at": "0001-01-01T00:00:00Z"}, ["issued_at"]),
    ("the 29th of February", {"issued_at": "2026-02-29T12:00:00Z"}, ["issued_at"]),
    ("a day", {"issued_at": "2026-03-10"}, ["issued_at"]),
    ("a time as a number", {"issued_at": 1773144000}, ["issued_at"]),
    ("an empty time", {"issued_at": ""}, ["issued_at"]),
    # known fields of the wrong type
    ("an order in words", {"order": "D-1"}, ["order"]),
    ("a list of orders", {"order": []}, ["order"]),
    ("an object of products", {"order": {"products": {}}}, ["order.products"]),
    ("products in words", {"order": {"products": ["A"]}}, ["order.products.0"]),
    ("501 products", {"order": {"products": [{}] * 501}}, ["order.products"]),
    ("a number for a sku", product(sku=5), ["order.products.1.sku"]),
    ("a number for a purchase", {"order": {"purchase_id": 5}}, ["order.purchase_id"]),
    ("a number for a payment", {"order": {"payment_method": 5}}, ["order.payment_method"]),
    ("a number for a channel", {"order": {"channel_id": 5}}, ["order.channel_id"]),
    ("a number for a shop", {"order": {"store_id": 5}}, ["order.store_id"]),
    ("shipping in words", {"order": {"shipping": "DHL"}}, ["order.shipping"]),
    ("a list of metadata", {"metadata": []}, ["metadata"]),
    ("metadata in words", {"order": {"metadata": "x"}}, ["order.metadata"]),
    ("a number for a platform", {"platform": 5}, ["platform"]),
    ("a number for a referral", {"referral_code": 5}, ["referral_code"]),
    ("a number for tags", {"tags": 5}, ["tags"]),
    ("a number for the tags of a product", product(tags=5), ["order.products.1.tags"]),
    ("a product in words", {"product": "A"}, ["product"]),
    # text and numbers that nobody can keep
    ("half a character", {"customer_id": "\ud800"}, ["customer_id"]),
    ("half a character in a field nobody knows", {"note": {"deep": ["\udfff"]}}, ["note.deep.0"]),
    ("half a character in a name", {"note": {"\ud800": 1}}, ["note"]),
    # all at once
    (
        "everything",
        {"customer_id": "a#b", "type": 5, "order": {"value": -1, "products": [{"amount": "x"}]}, "reserve": 0},
        ["customer_id", "type", "order.value", "order.products.0.amount", "reserve"],
    ),
]

RAW: list[tuple[str, str, str]] = [
    ("NaN", "NaN", "body"),
    ("Infinity", "-Infinity", "body"),
    ("1e400", "1e400", "order.value"),
    ("1e-400", "1e-400", "order.value"),
    ("a number beyond all numbers", "1e9999999999999999999", "body"),
    ("5,000 digits", "9" * 5000, "body"),
    ("15 digits and an exponent", "1e15", "order.value"),
]


@pytest.mark.parametrize(("changes", "fields"), [row[1:] for row in NAMED], ids=[row[0] for row in NAMED])
def test_a_bad_field_is_named_and_nothing_is_stored(
    backend: Backend, changes: dict[str, Any], fields: list[str]
) -> None:
    with backend.nothing_changes():
        answer = backend.call("emit_event", event_body(**changes))
        dry = backend.call("emit_event", event_body(**changes), query={"dry_run": "true"})
    assert answer.refusal == (400, "ValidationError")
    assert sorted(answer.fields) == sorted(fields)
    assert dry.body == answer.body


@pytest.mark.parametrize(("number", "field"), [row[1:] for row in RAW], ids=[row[0] for row in RAW])
def test_a_number_that_is_none_is_refused_and_nothing_is_stored(backend: Backend, number: str, field: str) -> None:
    body = '{"customer_id": "ana", "brand_id": "demo", "type": "PURCHASE", "order": {"value": %s}}'
    with backend.nothing_changes():
        answer = backend.call("emit_event", body % number)
    assert (answer.refusal, answer.fields) == ((400, "ValidationError"), [field])


@pytest.mark.parametrize("name", ["customer_id", "brand_id", "type"])
def test_what_is_missing_is_asked_for(backend: Backend, name: str) -> None:
    body = event_body()
    del body[name]
    with backend.nothing_changes():
        answer = backend.call("emit_event", body)
    assert answer.body["details"]["fields"] == [{"field": name, "message": "is required"}]
    assert answer.body["message"] == f"{name}: is required"


@pytest.mark.parametrize("brand", ["other", "Demo", "demo "])
def test_an_unknown_brand_is_another_brand(backend: Backend, brand: str) -> None:
    with backend.nothing_changes():
        answer = backend.call("emit_event", event_body(brand_id=brand))
    assert answer.status in (400, 403)
    assert answer.refusal in ((403, "Forbidden"), (400, "ValidationError"))


def test_a_body_of_just_under_200_000_bytes_is_an_event(backend: Backend) -> None:
    backend.emit(metadata={"note": "x" * 199_000})
    (event,) = backend.everything("list_events")
    assert len(event["data"]["metadata"]["note"]) == 199_000


def test_a_body_of_more_is_too_large(backend: Backend) -> None:
    with backend.nothing_changes():
        answer = backend.emit(metadata={"note": "x" * 200_000})
    assert (answer.refusal, answer.fields) == ((413, "PayloadTooLargeError"), ["body"])


@pytest.mark.parametrize("dry_run", ["", "1", "yes"])
def test_a_dry_run_is_true_or_false(backend: Backend, dry_run: str) -> None:
    with backend.nothing_changes():
        answer = backend.call("emit_event", query={"dry_run": dry_run})
    assert (answer.refusal, answer.fields) == ((400, "ValidationError"), ["dry_run"])


def test_no_refusal_shows_the_inside(backend: Backend) -> None:
    for body in ("{", '{"order": 5}', '{"customer_id": "x", "brand_id": "demo", "type": "T", "reserve": {}}'):
        text = backend.call("emit_event", body).text
        assert not any(word in text for word in ("Traceback", "pydantic", "loyalty.", ".py", "dict", "None"))
