"""What Gameball publishes of its events API (v3), as it stands there: usage examples, and the object of an event."""

from tests.support.backend import Json

PLACING_AND_REVIEWING: Json = {
    "playerUniqueId": "player123",
    "events": {"place_order": {"total_amount": "100", "category": ["electronics", "cosmetics"]}, "review": {}},
}
RESERVING: Json = {"playerUniqueId": "player123", "events": {"reserve": {"rooms": [1, 2]}}}
WITH_IDENTITIES: Json = {**RESERVING, "mobile": "0123456789", "email": "jon.snow@example.com"}
BUYING: Json = {
    "playerUniqueId": "player123",
    "events": {
        "buy": {
            "product_id": "a123456",
            "price": 30,
            "product_category": "fashion",
            "product_tags": ["men", "new_collection"],
        }
    },
}
EXAMPLES = {"one": PLACING_AND_REVIEWING, "two": RESERVING, "three": WITH_IDENTITIES, "event object": BUYING}
