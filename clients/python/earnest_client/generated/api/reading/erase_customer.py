from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.accepted_response import AcceptedResponse
from ...models.forbidden import Forbidden
from ...models.internal_error import InternalError
from ...models.service_unavailable import ServiceUnavailable
from ...models.too_many_requests import TooManyRequests
from ...models.unauthorized import Unauthorized
from ...models.user_not_found_error import UserNotFoundError
from ...models.validation_error import ValidationError
from ...types import Response


def _get_kwargs(
    id: str,
) -> dict[str, Any]:

    _kwargs: dict[str, Any] = {
        "method": "delete",
        "url": "/customers/{id}".format(
            id=quote(str(id), safe=""),
        ),
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> (
    AcceptedResponse
    | Forbidden
    | InternalError
    | ServiceUnavailable
    | TooManyRequests
    | Unauthorized
    | UserNotFoundError
    | ValidationError
    | None
):
    if response.status_code == 202:
        response_202 = AcceptedResponse.from_dict(response.json())

        return response_202

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
        response_404 = UserNotFoundError.from_dict(response.json())

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
    AcceptedResponse
    | Forbidden
    | InternalError
    | ServiceUnavailable
    | TooManyRequests
    | Unauthorized
    | UserNotFoundError
    | ValidationError
]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    id: str,
    *,
    client: AuthenticatedClient,
) -> Response[
    AcceptedResponse
    | Forbidden
    | InternalError
    | ServiceUnavailable
    | TooManyRequests
    | Unauthorized
    | UserNotFoundError
    | ValidationError
]:
    """Erase a customer; amounts and receipts stay under a pseudonym.

     202 with the id of the trace that will say when it is done; the same again while it is not.

    Args:
        id (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[AcceptedResponse | Forbidden | InternalError | ServiceUnavailable | TooManyRequests | Unauthorized | UserNotFoundError | ValidationError]
    """

    kwargs = _get_kwargs(
        id=id,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    id: str,
    *,
    client: AuthenticatedClient,
) -> (
    AcceptedResponse
    | Forbidden
    | InternalError
    | ServiceUnavailable
    | TooManyRequests
    | Unauthorized
    | UserNotFoundError
    | ValidationError
    | None
):
    """Erase a customer; amounts and receipts stay under a pseudonym.

     202 with the id of the trace that will say when it is done; the same again while it is not.

    Args:
        id (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        AcceptedResponse | Forbidden | InternalError | ServiceUnavailable | TooManyRequests | Unauthorized | UserNotFoundError | ValidationError
    """

    return sync_detailed(
        id=id,
        client=client,
    ).parsed


async def asyncio_detailed(
    id: str,
    *,
    client: AuthenticatedClient,
) -> Response[
    AcceptedResponse
    | Forbidden
    | InternalError
    | ServiceUnavailable
    | TooManyRequests
    | Unauthorized
    | UserNotFoundError
    | ValidationError
]:
    """Erase a customer; amounts and receipts stay under a pseudonym.

     202 with the id of the trace that will say when it is done; the same again while it is not.

    Args:
        id (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[AcceptedResponse | Forbidden | InternalError | ServiceUnavailable | TooManyRequests | Unauthorized | UserNotFoundError | ValidationError]
    """

    kwargs = _get_kwargs(
        id=id,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    id: str,
    *,
    client: AuthenticatedClient,
) -> (
    AcceptedResponse
    | Forbidden
    | InternalError
    | ServiceUnavailable
    | TooManyRequests
    | Unauthorized
    | UserNotFoundError
    | ValidationError
    | None
):
    """Erase a customer; amounts and receipts stay under a pseudonym.

     202 with the id of the trace that will say when it is done; the same again while it is not.

    Args:
        id (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        AcceptedResponse | Forbidden | InternalError | ServiceUnavailable | TooManyRequests | Unauthorized | UserNotFoundError | ValidationError
    """

    return (
        await asyncio_detailed(
            id=id,
            client=client,
        )
    ).parsed
