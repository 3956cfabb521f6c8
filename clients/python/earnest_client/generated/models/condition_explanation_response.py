from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.where_explanation_response import WhereExplanationResponse


T = TypeVar("T", bound="ConditionExplanationResponse")


@_attrs_define
class ConditionExplanationResponse:
    """One condition, and whether it held.

    Attributes:
        field (None | str): Where it looks; null where events themselves are counted.
        operator (str): What it asks of the values there.
        wanted (Any): What it compares them with; of a long list the first few.
        found (Any): What was there, null for nothing and a list for several values; over history, how far that had
            come.
        held (bool): Whether it held; false as well where the campaign was not evaluated.
        where (list[list[WhereExplanationResponse]] | Unset): Which items count; left out if all do.
        within (str | Unset): How far it looks back; left out if it does not, or at all of history.
    """

    field: None | str
    operator: str
    wanted: Any
    found: Any
    held: bool
    where: list[list[WhereExplanationResponse]] | Unset = UNSET
    within: str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        field: None | str
        field = self.field

        operator = self.operator

        wanted = self.wanted

        found = self.found

        held = self.held

        where: list[list[dict[str, Any]]] | Unset = UNSET
        if not isinstance(self.where, Unset):
            where = []
            for where_item_data in self.where:
                where_item = []
                for where_item_item_data in where_item_data:
                    where_item_item = where_item_item_data.to_dict()
                    where_item.append(where_item_item)

                where.append(where_item)

        within = self.within

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "field": field,
                "operator": operator,
                "wanted": wanted,
                "found": found,
                "held": held,
            }
        )
        if where is not UNSET:
            field_dict["where"] = where
        if within is not UNSET:
            field_dict["within"] = within

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.where_explanation_response import WhereExplanationResponse  # noqa: PLC0415

        d = dict(src_dict)

        def _parse_field(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        field = _parse_field(d.pop("field"))

        operator = d.pop("operator")

        wanted = d.pop("wanted")

        found = d.pop("found")

        held = d.pop("held")

        _where = d.pop("where", UNSET)
        where: list[list[WhereExplanationResponse]] | Unset = UNSET
        if _where is not UNSET:
            where = []
            for where_item_data in _where:
                where_item = []
                _where_item = where_item_data
                for where_item_item_data in _where_item:
                    where_item_item = WhereExplanationResponse.from_dict(where_item_item_data)

                    where_item.append(where_item_item)

                where.append(where_item)

        within = d.pop("within", UNSET)

        condition_explanation_response = cls(
            field=field,
            operator=operator,
            wanted=wanted,
            found=found,
            held=held,
            where=where,
            within=within,
        )

        return condition_explanation_response
