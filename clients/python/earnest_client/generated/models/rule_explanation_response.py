from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

if TYPE_CHECKING:
    from ..models.any_item_explanation_response import AnyItemExplanationResponse
    from ..models.condition_explanation_response import ConditionExplanationResponse


T = TypeVar("T", bound="RuleExplanationResponse")


@_attrs_define
class RuleExplanationResponse:
    """One rule, and whether it held.

    Attributes:
        name (None | str): The rule's name.
        held (bool): Whether one of its alternatives held.
        conditions (list[list[AnyItemExplanationResponse | ConditionExplanationResponse]]): Its alternatives, each a
            list of conditions.
    """

    name: None | str
    held: bool
    conditions: list[list[AnyItemExplanationResponse | ConditionExplanationResponse]]

    def to_dict(self) -> dict[str, Any]:
        from ..models.condition_explanation_response import ConditionExplanationResponse  # noqa: PLC0415

        name: None | str
        name = self.name

        held = self.held

        conditions = []
        for conditions_item_data in self.conditions:
            conditions_item = []
            for conditions_item_item_data in conditions_item_data:
                conditions_item_item: dict[str, Any]
                if isinstance(conditions_item_item_data, ConditionExplanationResponse):
                    conditions_item_item = conditions_item_item_data.to_dict()
                else:
                    conditions_item_item = conditions_item_item_data.to_dict()

                conditions_item.append(conditions_item_item)

            conditions.append(conditions_item)

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "name": name,
                "held": held,
                "conditions": conditions,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.any_item_explanation_response import AnyItemExplanationResponse  # noqa: PLC0415
        from ..models.condition_explanation_response import ConditionExplanationResponse  # noqa: PLC0415

        d = dict(src_dict)

        def _parse_name(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        name = _parse_name(d.pop("name"))

        held = d.pop("held")

        conditions = []
        _conditions = d.pop("conditions")
        for conditions_item_data in _conditions:
            conditions_item = []
            _conditions_item = conditions_item_data
            for conditions_item_item_data in _conditions_item:

                def _parse_conditions_item_item(
                    data: object,
                ) -> AnyItemExplanationResponse | ConditionExplanationResponse:
                    try:
                        if not isinstance(data, dict):
                            raise TypeError()
                        conditions_item_item_type_0 = ConditionExplanationResponse.from_dict(data)

                        return conditions_item_item_type_0
                    except (TypeError, ValueError, AttributeError, KeyError):
                        pass
                    if not isinstance(data, dict):
                        raise TypeError()
                    conditions_item_item_type_1 = AnyItemExplanationResponse.from_dict(data)

                    return conditions_item_item_type_1

                conditions_item_item = _parse_conditions_item_item(conditions_item_item_data)

                conditions_item.append(conditions_item_item)

            conditions.append(conditions_item)

        rule_explanation_response = cls(
            name=name,
            held=held,
            conditions=conditions,
        )

        return rule_explanation_response
