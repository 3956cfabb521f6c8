"""The emit that all benchmarks send."""

from typing import Any

from tests.support.samples import request

ORDER = {
    "value": 120.5,
    "payment_method": "card",
    "store_id": "store-17",
    "products": [{"sku": f"sku-{i}", "amount": 1, "value": 40.25} for i in range(3)],
}


def emit_request(brand: str, customer: str, order: dict[str, Any]) -> dict[str, Any]:
    """A purchase as the gateway hands it to emit_event, for a key of this brand with every scope."""
    body = {"customer_id": customer, "brand_id": brand, "type": "PURCHASE", "order": order}
    return request("emit_event", body, headers={"Content-Type": "application/json"}, scopes="admin", brand=brand)
