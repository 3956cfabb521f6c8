from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.product_metadata_type_0 import ProductMetadataType0
    from ..models.product_tags_type_0_type_0 import ProductTagsType0Type0
    from ..models.redemption import Redemption


T = TypeVar("T", bound="Product")


@_attrs_define
class Product:
    """One line of an order, or what is put into a cart.

    Attributes:
        value (float | None | Unset): The price.
        discounted_value (float | None | Unset): The price after discounts.
        redeem (list[Redemption] | None | Unset): What it is paid with.
        metadata (None | ProductMetadataType0 | Unset): Whatever else is known; campaigns can ask for it.
        tags (list[str] | None | ProductTagsType0Type0 | Unset): Tags; campaigns can ask for them.
        sku (None | str | Unset): Which product.
        amount (float | None | Unset): How many of it.
    """

    value: float | None | Unset = UNSET
    discounted_value: float | None | Unset = UNSET
    redeem: list[Redemption] | None | Unset = UNSET
    metadata: None | ProductMetadataType0 | Unset = UNSET
    tags: list[str] | None | ProductTagsType0Type0 | Unset = UNSET
    sku: None | str | Unset = UNSET
    amount: float | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.product_metadata_type_0 import ProductMetadataType0  # noqa: PLC0415
        from ..models.product_tags_type_0_type_0 import ProductTagsType0Type0  # noqa: PLC0415

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
        elif isinstance(self.metadata, ProductMetadataType0):
            metadata = self.metadata.to_dict()
        else:
            metadata = self.metadata

        tags: dict[str, Any] | list[str] | None | Unset
        if isinstance(self.tags, Unset):
            tags = UNSET
        elif isinstance(self.tags, ProductTagsType0Type0):
            tags = self.tags.to_dict()
        elif isinstance(self.tags, list):
            tags = self.tags

        else:
            tags = self.tags

        sku: None | str | Unset
        if isinstance(self.sku, Unset):
            sku = UNSET
        else:
            sku = self.sku

        amount: float | None | Unset
        if isinstance(self.amount, Unset):
            amount = UNSET
        else:
            amount = self.amount

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
        if sku is not UNSET:
            field_dict["sku"] = sku
        if amount is not UNSET:
            field_dict["amount"] = amount

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.product_metadata_type_0 import ProductMetadataType0  # noqa: PLC0415
        from ..models.product_tags_type_0_type_0 import ProductTagsType0Type0  # noqa: PLC0415
        from ..models.redemption import Redemption  # noqa: PLC0415

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

        def _parse_metadata(data: object) -> None | ProductMetadataType0 | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                metadata_type_0 = ProductMetadataType0.from_dict(data)

                return metadata_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | ProductMetadataType0 | Unset, data)

        metadata = _parse_metadata(d.pop("metadata", UNSET))

        def _parse_tags(data: object) -> list[str] | None | ProductTagsType0Type0 | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                tags_type_0_type_0 = ProductTagsType0Type0.from_dict(data)

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
            return cast(list[str] | None | ProductTagsType0Type0 | Unset, data)

        tags = _parse_tags(d.pop("tags", UNSET))

        def _parse_sku(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        sku = _parse_sku(d.pop("sku", UNSET))

        def _parse_amount(data: object) -> float | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(float | None | Unset, data)

        amount = _parse_amount(d.pop("amount", UNSET))

        product = cls(
            value=value,
            discounted_value=discounted_value,
            redeem=redeem,
            metadata=metadata,
            tags=tags,
            sku=sku,
            amount=amount,
        )

        product.additional_properties = d
        return product

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
