"""The form of a reward as it is written: what a `PUT /rewards/{id}` takes, strictly."""

from loyalty.domain.money import MAX_DECIMALS
from loyalty.domain.shapes import Shape, choice, flag, mapping, period, record, text, whole

REWARD = Shape(
    record(
        {"name": text()},
        {
            "type": choice("POINTS", "DISCOUNT", "GIFT_CARD", "PRODUCT"),
            "decimals": whole(0, MAX_DECIMALS),
            "allow_negative": flag(),
            "attributes": mapping(),
            "expires_in": period(),
        },
        closed=True,
    )
)
