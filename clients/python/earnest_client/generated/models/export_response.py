from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

if TYPE_CHECKING:
    from ..models.customer_response import CustomerResponse
    from ..models.exported_event_response import ExportedEventResponse
    from ..models.identity_response import IdentityResponse
    from ..models.offer_response import OfferResponse
    from ..models.record_response import RecordResponse
    from ..models.trace_response import TraceResponse
    from ..models.transaction_response import TransactionResponse
    from ..models.wallet_response import WalletResponse


T = TypeVar("T", bound="ExportResponse")


@_attrs_define
class ExportResponse:
    """All that is kept of a customer, or a part of it; the parts of all pages together are all.

    Attributes:
        customer (CustomerResponse | None): Who the customer is; on the first page.
        wallet (None | WalletResponse): What the customer has; on the first page.
        identities (list[IdentityResponse]): What the customer is found by; on the first page.
        events (list[ExportedEventResponse]): Events, newest first.
        records (list[RecordResponse]): All else that has changed the customer, newest first.
        transactions (list[TransactionResponse]): The ledger, newest first.
        offers (list[OfferResponse]): Offers by rank, then by end.
        traces (list[TraceResponse]): Requests of marketing tools for the customer that are still kept, those that
            failed or wait included.
    """

    customer: CustomerResponse | None
    wallet: None | WalletResponse
    identities: list[IdentityResponse]
    events: list[ExportedEventResponse]
    records: list[RecordResponse]
    transactions: list[TransactionResponse]
    offers: list[OfferResponse]
    traces: list[TraceResponse]

    def to_dict(self) -> dict[str, Any]:
        from ..models.customer_response import CustomerResponse  # noqa: PLC0415
        from ..models.wallet_response import WalletResponse  # noqa: PLC0415

        customer: dict[str, Any] | None
        if isinstance(self.customer, CustomerResponse):
            customer = self.customer.to_dict()
        else:
            customer = self.customer

        wallet: dict[str, Any] | None
        if isinstance(self.wallet, WalletResponse):
            wallet = self.wallet.to_dict()
        else:
            wallet = self.wallet

        identities = []
        for identities_item_data in self.identities:
            identities_item = identities_item_data.to_dict()
            identities.append(identities_item)

        events = []
        for events_item_data in self.events:
            events_item = events_item_data.to_dict()
            events.append(events_item)

        records = []
        for records_item_data in self.records:
            records_item = records_item_data.to_dict()
            records.append(records_item)

        transactions = []
        for transactions_item_data in self.transactions:
            transactions_item = transactions_item_data.to_dict()
            transactions.append(transactions_item)

        offers = []
        for offers_item_data in self.offers:
            offers_item = offers_item_data.to_dict()
            offers.append(offers_item)

        traces = []
        for traces_item_data in self.traces:
            traces_item = traces_item_data.to_dict()
            traces.append(traces_item)

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "customer": customer,
                "wallet": wallet,
                "identities": identities,
                "events": events,
                "records": records,
                "transactions": transactions,
                "offers": offers,
                "traces": traces,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.customer_response import CustomerResponse  # noqa: PLC0415
        from ..models.exported_event_response import ExportedEventResponse  # noqa: PLC0415
        from ..models.identity_response import IdentityResponse  # noqa: PLC0415
        from ..models.offer_response import OfferResponse  # noqa: PLC0415
        from ..models.record_response import RecordResponse  # noqa: PLC0415
        from ..models.trace_response import TraceResponse  # noqa: PLC0415
        from ..models.transaction_response import TransactionResponse  # noqa: PLC0415
        from ..models.wallet_response import WalletResponse  # noqa: PLC0415

        d = dict(src_dict)

        def _parse_customer(data: object) -> CustomerResponse | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                customer_type_0 = CustomerResponse.from_dict(data)

                return customer_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(CustomerResponse | None, data)

        customer = _parse_customer(d.pop("customer"))

        def _parse_wallet(data: object) -> None | WalletResponse:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                wallet_type_0 = WalletResponse.from_dict(data)

                return wallet_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | WalletResponse, data)

        wallet = _parse_wallet(d.pop("wallet"))

        identities = []
        _identities = d.pop("identities")
        for identities_item_data in _identities:
            identities_item = IdentityResponse.from_dict(identities_item_data)

            identities.append(identities_item)

        events = []
        _events = d.pop("events")
        for events_item_data in _events:
            events_item = ExportedEventResponse.from_dict(events_item_data)

            events.append(events_item)

        records = []
        _records = d.pop("records")
        for records_item_data in _records:
            records_item = RecordResponse.from_dict(records_item_data)

            records.append(records_item)

        transactions = []
        _transactions = d.pop("transactions")
        for transactions_item_data in _transactions:
            transactions_item = TransactionResponse.from_dict(transactions_item_data)

            transactions.append(transactions_item)

        offers = []
        _offers = d.pop("offers")
        for offers_item_data in _offers:
            offers_item = OfferResponse.from_dict(offers_item_data)

            offers.append(offers_item)

        traces = []
        _traces = d.pop("traces")
        for traces_item_data in _traces:
            traces_item = TraceResponse.from_dict(traces_item_data)

            traces.append(traces_item)

        export_response = cls(
            customer=customer,
            wallet=wallet,
            identities=identities,
            events=events,
            records=records,
            transactions=transactions,
            offers=offers,
            traces=traces,
        )

        return export_response
