from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.brand_not_found_error import BrandNotFoundError
from ...models.forbidden import Forbidden
from ...models.found_customers_response import FoundCustomersResponse
from ...models.internal_error import InternalError
from ...models.service_unavailable import ServiceUnavailable
from ...models.too_many_requests import TooManyRequests
from ...models.unauthorized import Unauthorized
from ...models.validation_error import ValidationError
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    email: str | Unset = UNSET,
    mobile: str | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["email"] = email

    params["mobile"] = mobile

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/customers",
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> (
    BrandNotFoundError
    | Forbidden
    | FoundCustomersResponse
    | InternalError
    | ServiceUnavailable
    | TooManyRequests
    | Unauthorized
    | ValidationError
    | None
):
    if response.status_code == 200:
        response_200 = FoundCustomersResponse.from_dict(response.json())

        return response_200

    if response.status_code == 400:
        response_400 = ValidationError.from_dict(response.json())

        return response_400

    if response.status_code == 401:
        response_401 = Unauthorized.from_dict(response.json())

        return response_401

    if response.status_code == 403:
        response_403 = Forbidden.from_dict(response.json())

        return response_403

    if response.status_code == 404:
        response_404 = BrandNotFoundError.from_dict(response.json())

        return response_404

    if response.status_code == 429:
        response_429 = TooManyRequests.from_dict(response.json())

        return response_429

    if response.status_code == 500:
        response_500 = InternalError.from_dict(response.json())

        return response_500

    if response.status_code == 503:
        response_503 = ServiceUnavailable.from_dict(response.json())

        return response_503

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[
    BrandNotFoundError
    | Forbidden
    | FoundCustomersResponse
    | InternalError
    | ServiceUnavailable
    | TooManyRequests
    | Unauthorized
    | ValidationError
]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    email: str | Unset = UNSET,
    mobile: str | Unset = UNSET,
) -> Response[
    BrandNotFoundError
    | Forbidden
    | FoundCustomersResponse
    | InternalError
    | ServiceUnavailable
    | TooManyRequests
    | Unauthorized
    | ValidationError
]:
    """The customer that an e-mail address or a mobile number belongs to.

     200 with the customer, in a list; an empty list if it belongs to nobody.

    Args:
        email (str | Unset):
        mobile (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[BrandNotFoundError | Forbidden | FoundCustomersResponse | InternalError | ServiceUnavailable | TooManyRequests | Unauthorized | ValidationError]
    """

    kwargs = _get_kwargs(
        email=email,
        mobile=mobile,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    email: str | Unset = UNSET,
    mobile: str | Unset = UNSET,
) -> (
    BrandNotFoundError
    | Forbidden
    | FoundCustomersResponse
    | InternalError
    | ServiceUnavailable
    | TooManyRequests
    | Unauthorized
    | ValidationError
    | None
):
    """The customer that an e-mail address or a mobile number belongs to.

     200 with the customer, in a list; an empty list if it belongs to nobody.

    Args:
        email (str | Unset):
        mobile (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        BrandNotFoundError | Forbidden | FoundCustomersResponse | InternalError | ServiceUnavailable | TooManyRequests | Unauthorized | ValidationError
    """

    return sync_detailed(
        client=client,
        email=email,
        mobile=mobile,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    email: str | Unset = UNSET,
    mobile: str | Unset = UNSET,
) -> Response[
    BrandNotFoundError
    | Forbidden
    | FoundCustomersResponse
    | InternalError
    | ServiceUnavailable
    | TooManyRequests
    | Unauthorized
    | ValidationError
]:
    """The customer that an e-mail address or a mobile number belongs to.

     200 with the customer, in a list; an empty list if it belongs to nobody.

    Args:
        email (str | Unset):
        mobile (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[BrandNotFoundError | Forbidden | FoundCustomersResponse | InternalError | ServiceUnavailable | TooManyRequests | Unauthorized | ValidationError]
    """

    kwargs = _get_kwargs(
        email=email,
        mobile=mobile,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    email: str | Unset = UNSET,
    mobile: str | Unset = UNSET,
) -> (
    BrandNotFoundError
    | Forbidden
    | FoundCustomersResponse
    | InternalError
    | ServiceUnavailable
    | TooManyRequests
    | Unauthorized
    | ValidationError
    | None
):
    """The customer that an e-mail address or a mobile number belongs to.

     200 with the customer, in a list; an empty list if it belongs to nobody.

    Args:
        email (str | Unset):
        mobile (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        BrandNotFoundError | Forbidden | FoundCustomersResponse | InternalError | ServiceUnavailable | TooManyRequests | Unauthorized | ValidationError
    """

    return (
        await asyncio_detailed(
            client=client,
            email=email,
            mobile=mobile,
        )
    ).parsed
