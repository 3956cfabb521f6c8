"""What each endpoint answers when it does what it was asked, as JSON Schema: the forms of `loyalty.domain.views`.

Never deployed. Every object is closed and names all it has, so that a test which holds real answers against these forms
fails when either of the two changes alone.
"""

from collections.abc import Mapping
from typing import Any

from loyalty.domain.assignments.traces import TraceStatus
from loyalty.domain.events.event import EventStatus
from loyalty.domain.offers import OfferStatus
from loyalty.domain.program.api_keys import SCOPES
from loyalty.domain.responses import QUOTED
from loyalty.domain.rules.results import Outcome
from loyalty.domain.wallet.lots import EntryType

type Schema = dict[str, Any]


def _record(**fields: Schema) -> Schema:
    return {"type": "object", "properties": fields, "required": list(fields), "additionalProperties": False}


def _also(optional: Mapping[str, Schema], record: Schema) -> Schema:
    return {**record, "properties": {**record["properties"], **optional}}


def _list(of: Schema) -> Schema:
    return {"type": "array", "items": of}


def _or_null(schema: Schema) -> Schema:
    kind = schema.get("type")
    return {**schema, "type": [kind, "null"]} if isinstance(kind, str) else {"anyOf": [schema, {"type": "null"}]}


def _one_of(*values: str) -> Schema:
    return {"type": "string", "enum": list(values)}


def named(name: str) -> Schema:
    """A reference to one of COMPONENTS."""
    return {"$ref": f"#/components/schemas/{name}"}


TEXT: Schema = {"type": "string"}
NUMBER: Schema = {"type": "number"}
WHOLE: Schema = {"type": "integer"}
FLAG: Schema = {"type": "boolean"}
TIME: Schema = {"type": "string", "format": "date-time", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$"}
ANYTHING: Schema = {"type": "object"}

_MOVED = {"amount": NUMBER, "reward_id": TEXT, "campaign_id": _or_null(TEXT)}
_LOT = {"issued_at": TIME, "expiration_date": _or_null(TIME)}
_KEY = {
    "id": TEXT,
    "name": TEXT,
    "scopes": _list(_one_of(*SCOPES)),
    "created_at": TIME,
    "expires_at": _or_null(TIME),
    "disabled": FLAG,
}
_CODES = {"statusCode": WHOLE, "code": TEXT, "message": {**TEXT, "minLength": 1}}

_CONDITION = {
    "type": "object",
    "properties": {"field": _or_null(TEXT), "operator": TEXT, "wanted": {}, "within": TEXT, "found": {}, "held": FLAG},
    "required": ["field", "operator", "wanted", "found", "held"],
    "additionalProperties": False,
}

COMPONENTS: Mapping[str, Schema] = {
    "Error": _record(
        **_CODES,
        details=_record(fields=_list(_record(field=TEXT, message=TEXT))),
        requestId=TEXT,
    ),
    "Total": _record(reward_id=TEXT, available=NUMBER, reserved=NUMBER, pending=NUMBER, next_expiration=_or_null(TIME)),
    "Moved": _record(**_MOVED, brand_id=TEXT, **_LOT, reservation_expires_at=_or_null(TIME)),
    "Lot": _record(**_MOVED, **_LOT),
    "Event": _record(
        id=TEXT,
        customer_id=TEXT,
        brand_id=TEXT,
        type=TEXT,
        status=_one_of(*EventStatus),
        evaluated=FLAG,
        fulfilled=FLAG,
        reserve=WHOLE,
        reservation_expires_at=_or_null(TIME),
        data=ANYTHING,
        rewarding_campaigns=_list(TEXT),
        result=_record(
            accumulations=_list(named("Moved")),
            redemptions=_list(named("Moved")),
            offers=_list(_record(id=TEXT, config_id=TEXT, campaign_id=TEXT, starts_at=TIME, ends_at=TIME)),
            wallet=_record(totals=_list(named("Total"))),
        ),
        issued_at=TIME,
        resolved_at=_or_null(TIME),
        cancelled_at=_or_null(TIME),
        expired_at=_or_null(TIME),
        reversed_at=_or_null(TIME),
        reason=_or_null(TEXT),
    ),
    "Explained": _record(
        campaign_id=TEXT,
        name=TEXT,
        outcome=_one_of(*Outcome),
        sentence=TEXT,
        granted=_list(_record(reward_id=TEXT, amount=NUMBER)),
        offers=_list(TEXT),
        tags=ANYTHING,
        rules=_list(_record(name=_or_null(TEXT), held=FLAG, conditions=_list(_list(named("Condition"))))),
    ),
    "Condition": _CONDITION,
    "Explanation": _record(event_id=TEXT, type=TEXT, evaluated=FLAG, campaigns=_list(named("Explained"))),
    "Tracked": _record(
        success=FLAG,
        message=TEXT,
        events=_list(
            _record(name=TEXT, eventId=TEXT, status=_one_of(*EventStatus), accumulations=_list(named("Moved"))),
        ),
    ),
    "Preview": _record(
        customerId=TEXT,
        totalPoints=NUMBER,
        events=_list(
            _record(
                eventName=TEXT,
                valid=FLAG,
                invalidReason=_or_null(TEXT),
                totalPoints=NUMBER,
                campaigns=_list(
                    _record(
                        campaignId=TEXT,
                        campaignName=TEXT,
                        campaignEndDate=_or_null(TIME),
                        eligible=FLAG,
                        reason=_one_of(*QUOTED, "NonPointsReward"),
                        rewardType=_one_of("Points", "Coupon"),
                        rewardPoints=_or_null(NUMBER),
                        couponType=_or_null(TEXT),
                        couponValue=_or_null(NUMBER),
                        points=NUMBER,
                        timesAchieved=WHOLE,
                        progress=_or_null(
                            _record(
                                currentPercentage=NUMBER,
                                wouldBePercentage=NUMBER,
                                completionRewardPoints=_or_null(NUMBER),
                                completionRewardType=_one_of("Points", "Coupon"),
                            )
                        ),
                    )
                ),
                explanation=_list(named("Explained")),
            )
        ),
    ),
    "Customer": _record(
        customer_id=TEXT,
        brand_id=TEXT,
        email=_or_null(TEXT),
        mobile=_or_null(TEXT),
        aliases=_list(TEXT),
        tags=ANYTHING,
        attributes=ANYTHING,
        created_at=TIME,
    ),
    "Wallet": _record(totals=_list(named("Total")), lines=_list(named("Lot"))),
    "Transaction": _record(
        id=TEXT,
        type=_one_of(*EntryType),
        reward_id=TEXT,
        amount=NUMBER,
        event_id=_or_null(TEXT),
        campaign_id=_or_null(TEXT),
        expiration_date=_or_null(TIME),
        debt=NUMBER,
        reserved=FLAG,
        created_at=_or_null(TIME),
    ),
    "Brand": _record(
        brand_id=TEXT,
        name=TEXT,
        enabled=FLAG,
        time_zone=TEXT,
        channel_merging=_one_of("none", "mobile", "email"),
        sandbox=FLAG,
        default_region=_or_null(TEXT),
        default_reward=_or_null(TEXT),
    ),
    "Reward": _record(
        id=TEXT,
        name=TEXT,
        type=_one_of("POINTS", "DISCOUNT", "GIFT_CARD", "PRODUCT"),
        decimals=WHOLE,
        allow_negative=FLAG,
        attributes=ANYTHING,
        expires_in=_or_null(TEXT),
    ),
    "ConfigOffer": _record(id=TEXT, name=TEXT, benefits=ANYTHING, active=FLAG),
    "Offer": _record(
        id=TEXT,
        config_id=TEXT,
        name=TEXT,
        benefits=ANYTHING,
        status=_one_of(*OfferStatus),
        rank=_or_null(WHOLE),
        starts_at=TIME,
        ends_at=TIME,
        held_by=_or_null(TEXT),
        redeemed_by=_or_null(TEXT),
        source=_or_null(TEXT),
        reference=_or_null(TEXT),
        trace_id=_or_null(TEXT),
        created_at=TIME,
    ),
    "Accepted": _record(traceId={**TEXT, "format": "uuid"}),
    "Trace": _also(
        {
            "source": TEXT,
            "reference": TEXT,
            "userId": TEXT,
            "email": TEXT,
            "configId": TEXT,
            "ruleParams": _record(startDate={**TEXT, "format": "date"}, endDate={**TEXT, "format": "date"}),
            "rank": WHOLE,
            "pointsEarned": NUMBER,
            "rewardId": TEXT,
            "idempotencyKey": TEXT,
        },
        _record(
            traceId={**TEXT, "format": "uuid"},
            status=_one_of(*TraceStatus),
            reason=_or_null(TEXT),
            offerId=_or_null(TEXT),
            timeline=_list(_record(at=TIME, what=TEXT)),
        ),
    ),
    "Key": _record(**_KEY),
    "NewKey": _record(**_KEY, secret=TEXT),
    # A campaign is answered as it was written, with its id.
    "Campaign": {"type": "object", "properties": {"id": TEXT, "name": TEXT}, "required": ["id", "name", "rules"]},
}


def _data(name: str) -> Schema:
    return _record(data=named(name))


def _page(name: str) -> Schema:
    return _record(data=_list(named(name)), next_cursor=_or_null(TEXT))


_EVENT = {200: _data("Event")}
_NOTHING: Mapping[int, Schema | None] = {204: None}

ANSWERS: Mapping[str, Mapping[int, Schema | None]] = {
    "emit_event": {201: _data("Event"), 200: _record(data=named("Event"), explanation=named("Explanation"))},
    "get_event": _EVENT,
    "explain_event": {200: _data("Explanation")},
    "fulfill_event": _EVENT,
    "reverse_event": _EVENT,
    "extend_hold": _EVENT,
    "track_events": {200: named("Tracked")},
    "track_event_v3": {200: named("Tracked")},
    "preview_rewards": {200: named("Preview")},
    "get_customer": {200: _data("Customer")},
    "patch_customer": {200: _data("Customer")},
    "get_wallet": {200: _data("Wallet")},
    "list_transactions": {200: _page("Transaction")},
    "list_events": {200: _page("Event")},
    "list_offers": {200: _page("Offer")},
    "get_brand": {200: _data("Brand")},
    "put_brand": {200: _data("Brand")},
    "list_rewards": {200: _page("Reward")},
    "get_reward": {200: _data("Reward")},
    "put_reward": {200: _data("Reward")},
    "delete_reward": _NOTHING,
    "list_config_offers": {200: _page("ConfigOffer")},
    "get_config_offer": {200: _data("ConfigOffer")},
    "put_config_offer": {200: _data("ConfigOffer")},
    "delete_config_offer": _NOTHING,
    "list_campaigns": {200: _page("Campaign")},
    "get_campaign": {
        200: _record(data=named("Campaign"), left=_record(budget=_or_null(NUMBER), times=_or_null(WHOLE)))
    },
    "put_campaign": {200: _data("Campaign")},
    "delete_campaign": _NOTHING,
    "create_hot_offer": {202: named("Accepted")},
    "create_cold_offer": {202: named("Accepted")},
    "assign_hot_points": {202: named("Accepted")},
    "assign_cold_points": {202: named("Accepted")},
    "get_trace": {200: _data("Trace")},
    "list_keys": {200: _page("Key")},
    "create_key": {201: _data("NewKey")},
    "revoke_key": _NOTHING,
    "get_openapi": {200: ANYTHING},
}
"""By function: the status of each success, and the form of its body; None for an empty one."""
