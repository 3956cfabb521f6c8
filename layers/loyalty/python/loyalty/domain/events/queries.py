"""What reads of events take in their query, apart from what an emit takes."""

from loyalty.domain.schemas import Identifier, Query, Text


class PurchaseQuery(Query):
    """Which purchase is looked for."""

    purchase_id: Identifier
    """The order's number, as it was sent in `order.purchase_id`."""
    store_id: Text | None = None
    """The shop, as it was sent in `order.store_id`; all shops if not given."""
