"""E-mail addresses and mobile numbers, normalized so that equal ones compare equal.

Only what is valid is evidence of who somebody is: tills and forms send `0000000000`, `N/A` and `-` for many people.
"""

import re
from typing import NamedTuple

# A name, and a domain of two labels or more. Whether there is such a mailbox only a message to it could tell.
_EMAIL = re.compile(r"[^\s@#,;<>\"]+@[^\s@#.,;<>\"]+(\.[^\s@#.,;<>\"]+)+")
# Digits, blanks and dashes of any script. Address books also add invisible marks of writing direction.
_MOBILE = re.compile(r"[+\uff0b]?[\d\s().\-\u2010-\u2015/]{5,30}")
_INVISIBLE = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_MAX_EMAIL_LENGTH = 254


class Identities(NamedTuple):
    """How a customer can be identified besides an id; None for what a request does not name.

    `digits` is the form in which earlier releases stored a mobile of a brand without a default region; None if it is
    the same.
    """

    email: str | None = None
    mobile: str | None = None
    digits: str | None = None


def normalized_email(text: str) -> str:
    """The address in lower case, without surrounding blanks. Raises ValueError with a message for the sender."""
    # lower(), not casefold(): that would make "ß" equal to "ss", which is another address.
    address = text.strip().lower()
    if len(address) > _MAX_EMAIL_LENGTH or not _EMAIL.fullmatch(address):
        blank = " without a blank in it" if re.search(r"\s", address) else ""
        raise ValueError(f"must be an e-mail address{blank}, such as ana@example.com")
    return address


def normalized_mobile(text: str, region: str | None) -> str:
    """The number in E.164, read as one of that region unless it begins with +.

    Raises ValueError, with a message for the sender, if there can be no such number (phonenumbers knows the plans of
    all countries), or if it names nobody: behind an extension is a desk, not a person, and a number without its country
    is another one in each.
    """
    # Imported here because few calls have a number, and its tables would slow down every start of every function.
    import phonenumbers  # noqa: PLC0415

    text = _INVISIBLE.sub("", text).strip()
    if not _MOBILE.fullmatch(text):
        raise ValueError("must be a mobile number such as +491711234567, without letters or an extension")
    if not region and not is_international(text):
        raise ValueError("must begin with + and the country code, as the brand has no default_region")
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_valid_number(number):
        raise ValueError("must be a number that can exist" + (f" in {region} or begin with +" if region else ""))
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def is_international(text: str) -> bool:
    """Whether a number begins with +, so that no region is needed to read it."""
    return _INVISIBLE.sub("", text).strip().startswith(("+", "\uff0b"))


def digits_of(text: str) -> str:
    """The digits of a number, of any script: the form in which earlier releases stored it without a region."""
    return "".join(str(int(digit)) for digit in re.findall(r"\d", text))
