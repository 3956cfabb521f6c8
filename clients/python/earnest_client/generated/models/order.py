from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.order_metadata_type_0 import OrderMetadataType0
    from ..models.order_tags_type_0_type_0 import OrderTagsType0Type0
    from ..models.product import Product
    from ..models.redemption import Redemption
    from ..models.shipping import Shipping


T = TypeVar("T", bound="Order")


@_attrs_define
class Order:
    """A purchase.

    Attributes:
        value (float | None | Unset): The price.
        discounted_value (float | None | Unset): The price after discounts.
        redeem (list[Redemption] | None | Unset): What it is paid with.
        metadata (None | OrderMetadataType0 | Unset): Whatever else is known; campaigns can ask for it.
        tags (list[str] | None | OrderTagsType0Type0 | Unset): Tags; campaigns can ask for them.
        purchase_id (None | str | Unset): The order's number; with type `PURCHASE` the same number, within its
            `store_id`, is the same event.
        products (list[Product] | None | Unset): The lines of the order.
        shipping (None | Shipping | Unset): How it is sent.
        payment_method (None | str | Unset): How it is paid.
        channel_id (None | str | Unset): Where it came from.
        store_id (None | str | Unset): The shop.
    """

    value: float | None | Unset = UNSET
    discounted_value: float | None | Unset = UNSET
    redeem: list[Redemption] | None | Unset = UNSET
    metadata: None | OrderMetadataType0 | Unset = UNSET
    tags: list[str] | None | OrderTagsType0Type0 | Unset = UNSET
    purchase_id: None | str | Unset = UNSET
    products: list[Product] | None | Unset = UNSET
    shipping: None | Shipping | Unset = UNSET
    payment_method: None | str | Unset = UNSET
    channel_id: None | str | Unset = UNSET
    store_id: None | str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.order_metadata_type_0 import OrderMetadataType0  # noqa: PLC0415
        from ..models.order_tags_type_0_type_0 import OrderTagsType0Type0  # noqa: PLC0415
        from ..models.shipping import Shipping  # noqa: PLC0415

        value: float | None | Unset
        if isinstance(self.value, Unset):
            value = UNSET
        else:
            value = self.value

        discounted_value: float | None | Unset
        if isinstance(self.discounted_value, Unset):
            discounted_value = UNSET
        else:
            discounted_value = self.discounted_value

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
        elif isinstance(self.metadata, OrderMetadataType0):
            metadata = self.metadata.to_dict()
        else:
            metadata = self.metadata

        tags: dict[str, Any] | list[str] | None | Unset
        if isinstance(self.tags, Unset):
            tags = UNSET
        elif isinstance(self.tags, OrderTagsType0Type0):
            tags = self.tags.to_dict()
        elif isinstance(self.tags, list):
            tags = self.tags

        else:
            tags = self.tags

        purchase_id: None | str | Unset
        if isinstance(self.purchase_id, Unset):
            purchase_id = UNSET
        else:
            purchase_id = self.purchase_id

        products: list[dict[str, Any]] | None | Unset
        if isinstance(self.products, Unset):
            products = UNSET
        elif isinstance(self.products, list):
            products = []
            for products_type_0_item_data in self.products:
                products_type_0_item = products_type_0_item_data.to_dict()
                products.append(products_type_0_item)

        else:
            products = self.products

        shipping: dict[str, Any] | None | Unset
        if isinstance(self.shipping, Unset):
            shipping = UNSET
        elif isinstance(self.shipping, Shipping):
            shipping = self.shipping.to_dict()
        else:
            shipping = self.shipping

        payment_method: None | str | Unset
        if isinstance(self.payment_method, Unset):
            payment_method = UNSET
        else:
            payment_method = self.payment_method

        channel_id: None | str | Unset
        if isinstance(self.channel_id, Unset):
            channel_id = UNSET
        else:
            channel_id = self.channel_id

        store_id: None | str | Unset
        if isinstance(self.store_id, Unset):
            store_id = UNSET
        else:
            store_id = self.store_id

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if value is not UNSET:
            field_dict["value"] = value
        if discounted_value is not UNSET:
            field_dict["discounted_value"] = discounted_value
        if redeem is not UNSET:
            field_dict["redeem"] = redeem
        if metadata is not UNSET:
            field_dict["metadata"] = metadata
        if tags is not UNSET:
            field_dict["tags"] = tags
        if purchase_id is not UNSET:
            field_dict["purchase_id"] = purchase_id
        if products is not UNSET:
            field_dict["products"] = products
        if shipping is not UNSET:
            field_dict["shipping"] = shipping
        if payment_method is not UNSET:
            field_dict["payment_method"] = payment_method
        if channel_id is not UNSET:
            field_dict["channel_id"] = channel_id
        if store_id is not UNSET:
            field_dict["store_id"] = store_id

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.order_metadata_type_0 import OrderMetadataType0  # noqa: PLC0415
        from ..models.order_tags_type_0_type_0 import OrderTagsType0Type0  # noqa: PLC0415
        from ..models.product import Product  # noqa: PLC0415
        from ..models.redemption import Redemption  # noqa: PLC0415
        from ..models.shipping import Shipping  # noqa: PLC0415

        d = dict(src_dict)

        def _parse_value(data: object) -> float | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(float | None | Unset, data)

        value = _parse_value(d.pop("value", UNSET))

        def _parse_discounted_value(data: object) -> float | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(float | None | Unset, data)

        discounted_value = _parse_discounted_value(d.pop("discounted_value", UNSET))

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

        def _parse_metadata(data: object) -> None | OrderMetadataType0 | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                metadata_type_0 = OrderMetadataType0.from_dict(data)

                return metadata_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | OrderMetadataType0 | Unset, data)

        metadata = _parse_metadata(d.pop("metadata", UNSET))

        def _parse_tags(data: object) -> list[str] | None | OrderTagsType0Type0 | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                tags_type_0_type_0 = OrderTagsType0Type0.from_dict(data)

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
            return cast(list[str] | None | OrderTagsType0Type0 | Unset, data)

        tags = _parse_tags(d.pop("tags", UNSET))

        def _parse_purchase_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        purchase_id = _parse_purchase_id(d.pop("purchase_id", UNSET))

        def _parse_products(data: object) -> list[Product] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                products_type_0 = []
                _products_type_0 = data
                for products_type_0_item_data in _products_type_0:
                    products_type_0_item = Product.from_dict(products_type_0_item_data)

                    products_type_0.append(products_type_0_item)

                return products_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[Product] | None | Unset, data)

        products = _parse_products(d.pop("products", UNSET))

        def _parse_shipping(data: object) -> None | Shipping | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                shipping_type_0 = Shipping.from_dict(data)

                return shipping_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Shipping | Unset, data)

        shipping = _parse_shipping(d.pop("shipping", UNSET))

        def _parse_payment_method(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        payment_method = _parse_payment_method(d.pop("payment_method", UNSET))

        def _parse_channel_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        channel_id = _parse_channel_id(d.pop("channel_id", UNSET))

        def _parse_store_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        store_id = _parse_store_id(d.pop("store_id", UNSET))

        order = cls(
            value=value,
            discounted_value=discounted_value,
            redeem=redeem,
            metadata=metadata,
            tags=tags,
            purchase_id=purchase_id,
            products=products,
            shipping=shipping,
            payment_method=payment_method,
            channel_id=channel_id,
            store_id=store_id,
        )

        order.additional_properties = d
        return order

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
