"""E-mail addresses and mobile numbers, in one form each, so that the same one is the same one."""

import re
from typing import NamedTuple

_EMAIL = re.compile(r"[^\s@#]+@[^\s@#]+")
# Digits, blanks and dashes of any script: address books give them out so, in marks of direction that nobody sees.
_MOBILE = re.compile(r"[+\uff0b]?[\d\s().\-\u2010-\u2015/]{5,30}")
_UNSEEN = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_LONGEST_EMAIL = 254


class Identities(NamedTuple):
    """What a customer can be known by beside an id; None for what was not said.

    `digits` is how the mobile was kept before the brand had a region to read it in; None where that is no other.
    """

    email: str | None = None
    mobile: str | None = None
    digits: str | None = None


def normalized_email(text: str) -> str:
    """The address without blanks around it and without case; ValueError, saying what it must be, if it is none."""
    # Lower case, not folded: ß is another letter than ss, and so another address.
    address = text.strip().lower()
    if len(address) > _LONGEST_EMAIL or not _EMAIL.fullmatch(address):
        blank = " without a blank in it" if re.search(r"\s", address) else ""
        raise ValueError(f"must be an e-mail address{blank}, such as ana@example.com")
    return address


def normalized_mobile(text: str, region: str | None) -> str:
    """The number in E.164, read in that region unless it begins with +; its digits where that cannot be told.

    Raises ValueError, saying what it must be, if it is no number at all.
    """
    # A number comes with few calls; its library's tables would cost every start of every function.
    import phonenumbers  # noqa: PLC0415

    text = _UNSEEN.sub("", text).strip()
    if not _MOBILE.fullmatch(text):
        raise ValueError("must be a mobile number")
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return digits_of(text)
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def is_international(text: str) -> bool:
    """Whether a number says its country itself, so that no region reads it."""
    return _UNSEEN.sub("", text).strip().startswith(("+", "\uff0b"))


def digits_of(text: str) -> str:
    """The digits of a number, all that can be told of it without a region."""
    return "".join(str(int(digit)) for digit in re.findall(r"\d", text))
