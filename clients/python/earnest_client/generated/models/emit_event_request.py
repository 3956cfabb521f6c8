from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.emit_event_request_metadata_type_0 import EmitEventRequestMetadataType0
    from ..models.emit_event_request_tags_type_0_type_0 import (
        EmitEventRequestTagsType0Type0,
    )
    from ..models.order import Order
    from ..models.product import Product
    from ..models.redemption import Redemption


T = TypeVar("T", bound="EmitEventRequest")


@_attrs_define
class EmitEventRequest:
    """What a customer did.

    Attributes:
        customer_id (str): Who did it; a customer never seen before is created.
        brand_id (str): The key's brand.
        type_ (str): What it is, such as `PURCHASE`; campaigns are triggered by it.
        fulfilled (bool | None | Unset): Whether it pays at once, as it does if not given, or is held until it is
            fulfilled.
        reserve (int | None | Unset): How many days it is held; 1 if not given.
        reserve_until (datetime.datetime | None | Unset): Until when it is held, instead of days.
        order (None | Order | Unset): The purchase.
        product (None | Product | Unset): The product of an event that has no order.
        redeem (list[Redemption] | None | Unset): What is spent.
        metadata (EmitEventRequestMetadataType0 | None | Unset): Whatever else is known; campaigns can ask for it.
        tags (EmitEventRequestTagsType0Type0 | list[str] | None | Unset): Tags; campaigns can ask for them.
        issued_at (datetime.datetime | None | Unset): When it happened, within the last 72 hours; now if not given, or
            up to 5 minutes ahead of our clock.
        platform (None | str | Unset): Where it happened.
        referral_code (None | str | Unset): Who recommended it.
        idempotency_key (None | str | Unset): What makes a retry the same request, if it is not in the header.
    """

    customer_id: str
    brand_id: str
    type_: str
    fulfilled: bool | None | Unset = UNSET
    reserve: int | None | Unset = UNSET
    reserve_until: datetime.datetime | None | Unset = UNSET
    order: None | Order | Unset = UNSET
    product: None | Product | Unset = UNSET
    redeem: list[Redemption] | None | Unset = UNSET
    metadata: EmitEventRequestMetadataType0 | None | Unset = UNSET
    tags: EmitEventRequestTagsType0Type0 | list[str] | None | Unset = UNSET
    issued_at: datetime.datetime | None | Unset = UNSET
    platform: None | str | Unset = UNSET
    referral_code: None | str | Unset = UNSET
    idempotency_key: None | str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.emit_event_request_metadata_type_0 import (
            EmitEventRequestMetadataType0,  # noqa: PLC0415
        )
        from ..models.emit_event_request_tags_type_0_type_0 import (
            EmitEventRequestTagsType0Type0,  # noqa: PLC0415
        )
        from ..models.order import Order  # noqa: PLC0415
        from ..models.product import Product  # noqa: PLC0415

        customer_id = self.customer_id

        brand_id = self.brand_id

        type_ = self.type_

        fulfilled: bool | None | Unset
        if isinstance(self.fulfilled, Unset):
            fulfilled = UNSET
        else:
            fulfilled = self.fulfilled

        reserve: int | None | Unset
        if isinstance(self.reserve, Unset):
            reserve = UNSET
        else:
            reserve = self.reserve

        reserve_until: None | str | Unset
        if isinstance(self.reserve_until, Unset):
            reserve_until = UNSET
        elif isinstance(self.reserve_until, datetime.datetime):
            reserve_until = self.reserve_until.isoformat()
        else:
            reserve_until = self.reserve_until

        order: dict[str, Any] | None | Unset
        if isinstance(self.order, Unset):
            order = UNSET
        elif isinstance(self.order, Order):
            order = self.order.to_dict()
        else:
            order = self.order

        product: dict[str, Any] | None | Unset
        if isinstance(self.product, Unset):
            product = UNSET
        elif isinstance(self.product, Product):
            product = self.product.to_dict()
        else:
            product = self.product

        redeem: list[dict[str, Any]] | None | Unset
        if isinstance(self.redeem, Unset):
            redeem = UNSET
        elif isinstance(self.redeem, list):
            redeem = []
            for redeem_type_0_item_data in self.redeem:
                redeem_type_0_item = redeem_type_0_item_data.to_dict()
                redeem.append(redeem_type_0_item)

        else:
            redeem = self.redeem

        metadata: dict[str, Any] | None | Unset
        if isinstance(self.metadata, Unset):
            metadata = UNSET
        elif isinstance(self.metadata, EmitEventRequestMetadataType0):
            metadata = self.metadata.to_dict()
        else:
            metadata = self.metadata

        tags: dict[str, Any] | list[str] | None | Unset
        if isinstance(self.tags, Unset):
            tags = UNSET
        elif isinstance(self.tags, EmitEventRequestTagsType0Type0):
            tags = self.tags.to_dict()
        elif isinstance(self.tags, list):
            tags = self.tags

        else:
            tags = self.tags

        issued_at: None | str | Unset
        if isinstance(self.issued_at, Unset):
            issued_at = UNSET
        elif isinstance(self.issued_at, datetime.datetime):
            issued_at = self.issued_at.isoformat()
        else:
            issued_at = self.issued_at

        platform: None | str | Unset
        if isinstance(self.platform, Unset):
            platform = UNSET
        else:
            platform = self.platform

        referral_code: None | str | Unset
        if isinstance(self.referral_code, Unset):
            referral_code = UNSET
        else:
            referral_code = self.referral_code

        idempotency_key: None | str | Unset
        if isinstance(self.idempotency_key, Unset):
            idempotency_key = UNSET
        else:
            idempotency_key = self.idempotency_key

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "customer_id": customer_id,
                "brand_id": brand_id,
                "type": type_,
            }
        )
        if fulfilled is not UNSET:
            field_dict["fulfilled"] = fulfilled
        if reserve is not UNSET:
            field_dict["reserve"] = reserve
        if reserve_until is not UNSET:
            field_dict["reserve_until"] = reserve_until
        if order is not UNSET:
            field_dict["order"] = order
        if product is not UNSET:
            field_dict["product"] = product
        if redeem is not UNSET:
            field_dict["redeem"] = redeem
        if metadata is not UNSET:
            field_dict["metadata"] = metadata
        if tags is not UNSET:
            field_dict["tags"] = tags
        if issued_at is not UNSET:
            field_dict["issued_at"] = issued_at
        if platform is not UNSET:
            field_dict["platform"] = platform
        if referral_code is not UNSET:
            field_dict["referral_code"] = referral_code
        if idempotency_key is not UNSET:
            field_dict["idempotencyKey"] = idempotency_key

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.emit_event_request_metadata_type_0 import (
            EmitEventRequestMetadataType0,  # noqa: PLC0415
        )
        from ..models.emit_event_request_tags_type_0_type_0 import (
            EmitEventRequestTagsType0Type0,  # noqa: PLC0415
        )
        from ..models.order import Order  # noqa: PLC0415
        from ..models.product import Product  # noqa: PLC0415
        from ..models.redemption import Redemption  # noqa: PLC0415

        d = dict(src_dict)
        customer_id = d.pop("customer_id")

        brand_id = d.pop("brand_id")

        type_ = d.pop("type")

        def _parse_fulfilled(data: object) -> bool | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(bool | None | Unset, data)

        fulfilled = _parse_fulfilled(d.pop("fulfilled", UNSET))

        def _parse_reserve(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        reserve = _parse_reserve(d.pop("reserve", UNSET))

        def _parse_reserve_until(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                reserve_until_type_0 = datetime.datetime.fromisoformat(data)

                return reserve_until_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        reserve_until = _parse_reserve_until(d.pop("reserve_until", UNSET))

        def _parse_order(data: object) -> None | Order | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                order_type_0 = Order.from_dict(data)

                return order_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Order | Unset, data)

        order = _parse_order(d.pop("order", UNSET))

        def _parse_product(data: object) -> None | Product | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                product_type_0 = Product.from_dict(data)

                return product_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Product | Unset, data)

        product = _parse_product(d.pop("product", UNSET))

        def _parse_redeem(data: object) -> list[Redemption] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                redeem_type_0 = []
                _redeem_type_0 = data
                for redeem_type_0_item_data in _redeem_type_0:
                    redeem_type_0_item = Redemption.from_dict(redeem_type_0_item_data)

                    redeem_type_0.append(redeem_type_0_item)

                return redeem_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[Redemption] | None | Unset, data)

        redeem = _parse_redeem(d.pop("redeem", UNSET))

        def _parse_metadata(data: object) -> EmitEventRequestMetadataType0 | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                metadata_type_0 = EmitEventRequestMetadataType0.from_dict(data)

                return metadata_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(EmitEventRequestMetadataType0 | None | Unset, data)

        metadata = _parse_metadata(d.pop("metadata", UNSET))

        def _parse_tags(data: object) -> EmitEventRequestTagsType0Type0 | list[str] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                tags_type_0_type_0 = EmitEventRequestTagsType0Type0.from_dict(data)

                return tags_type_0_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            try:
                if not isinstance(data, list):
                    raise TypeError()
                tags_type_0_type_1 = cast(list[str], data)

                return tags_type_0_type_1
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(EmitEventRequestTagsType0Type0 | list[str] | None | Unset, data)

        tags = _parse_tags(d.pop("tags", UNSET))

        def _parse_issued_at(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                issued_at_type_0 = datetime.datetime.fromisoformat(data)

                return issued_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        issued_at = _parse_issued_at(d.pop("issued_at", UNSET))

        def _parse_platform(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        platform = _parse_platform(d.pop("platform", UNSET))

        def _parse_referral_code(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        referral_code = _parse_referral_code(d.pop("referral_code", UNSET))

        def _parse_idempotency_key(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        idempotency_key = _parse_idempotency_key(d.pop("idempotencyKey", UNSET))

        emit_event_request = cls(
            customer_id=customer_id,
            brand_id=brand_id,
            type_=type_,
            fulfilled=fulfilled,
            reserve=reserve,
            reserve_until=reserve_until,
            order=order,
            product=product,
            redeem=redeem,
            metadata=metadata,
            tags=tags,
            issued_at=issued_at,
            platform=platform,
            referral_code=referral_code,
            idempotency_key=idempotency_key,
        )

        emit_event_request.additional_properties = d
        return emit_event_request

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
