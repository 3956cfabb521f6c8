from enum import StrEnum


class CreateApiKeyRequestScopesItem(StrEnum):
    ADMIN = "admin"
    CUSTOMERSREAD = "customers:read"
    EVENTSWRITE = "events:write"
    OFFERSWRITE = "offers:write"

    def __str__(self) -> str:
        return str(self.value)
