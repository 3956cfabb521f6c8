from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="UnmergeRequest")


@_attrs_define
class UnmergeRequest:
    """Two customers are to be told apart again who were taken for one person.

    Attributes:
        customer_id (str): The id of the one who was merged into the other; it is a customer of its own again.
        reason (str): Why; it is kept with both.
    """

    customer_id: str
    reason: str

    def to_dict(self) -> dict[str, Any]:
        customer_id = self.customer_id

        reason = self.reason

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "customer_id": customer_id,
                "reason": reason,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        customer_id = d.pop("customer_id")

        reason = d.pop("reason")

        unmerge_request = cls(
            customer_id=customer_id,
            reason=reason,
        )

        return unmerge_request
