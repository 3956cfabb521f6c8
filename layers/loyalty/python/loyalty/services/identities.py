"""E-mail addresses and mobile numbers of requests, apart from requests about customers: workers read them too."""

from loyalty.domain.customers.identities import (
    Identities,
    digits_of,
    is_international,
    normalized_email,
    normalized_mobile,
)
from loyalty.domain.errors import FieldProblem, ValidationError
from loyalty.store.published import last_program, load_program
from loyalty.store.table import WriteConflict


def parse_identities(brand_id: str, email: str | None, mobile: str | None) -> Identities:
    """The e-mail and mobile of a request, normalized. Raises ValidationError with each that is invalid."""
    identities, problems = read_identities(brand_id, email, mobile)
    if problems:
        raise ValidationError(*problems)
    return identities


def read_identities(brand_id: str, email: str | None, mobile: str | None) -> tuple[Identities, list[FieldProblem]]:
    """The e-mail and mobile of a request that are valid, normalized, and what is wrong with the others.

    A mobile without + is read in the region of the brand that this process knows, which `refuse_stale_region` checks.
    """
    identities: dict[str, str] = {}
    problems: list[FieldProblem] = []
    for channel, text in (("email", email), ("mobile", mobile)):
        if text:
            try:
                region = None if channel == "email" or is_international(text) else _region_of(brand_id)
                identities[channel] = normalized_email(text) if channel == "email" else normalized_mobile(text, region)
                if region and identities[channel] != digits_of(text):
                    identities["digits"] = digits_of(text)
            except ValueError as error:
                problems.append(FieldProblem(channel, str(error)))
    return Identities(**identities), problems


def refuse_stale_region(brand_id: str, email: str | None, mobile: str | None, identities: Identities) -> None:
    """Raise WriteConflict, so that the request is read again, if the brand now has another region than was used."""
    if read_identities(brand_id, email, mobile)[0] != identities:
        raise WriteConflict


def _region_of(brand_id: str) -> str | None:
    return (last_program(brand_id) or load_program(brand_id)).brand.default_region
