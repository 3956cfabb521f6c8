from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.forbidden import Forbidden
from ...models.internal_error import InternalError
from ...models.service_unavailable import ServiceUnavailable
from ...models.set_aside_data_response import SetAsideDataResponse
from ...models.too_many_requests import TooManyRequests
from ...models.unauthorized import Unauthorized
from ...models.validation_error import ValidationError
from ...types import Response


def _get_kwargs() -> dict[str, Any]:

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/set-aside",
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> (
    Forbidden
    | InternalError
    | ServiceUnavailable
    | SetAsideDataResponse
    | TooManyRequests
    | Unauthorized
    | ValidationError
    | None
):
    if response.status_code == 200:
        response_200 = SetAsideDataResponse.from_dict(response.json())

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
    Forbidden
    | InternalError
    | ServiceUnavailable
    | SetAsideDataResponse
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
) -> Response[
    Forbidden
    | InternalError
    | ServiceUnavailable
    | SetAsideDataResponse
    | TooManyRequests
    | Unauthorized
    | ValidationError
]:
    """How much the stack has set aside, as it failed at every attempt.

     200 with the number of messages in each queue, of all brands of the stack; nothing of what they say.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Forbidden | InternalError | ServiceUnavailable | SetAsideDataResponse | TooManyRequests | Unauthorized | ValidationError]
    """

    kwargs = _get_kwargs()

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
) -> (
    Forbidden
    | InternalError
    | ServiceUnavailable
    | SetAsideDataResponse
    | TooManyRequests
    | Unauthorized
    | ValidationError
    | None
):
    """How much the stack has set aside, as it failed at every attempt.

     200 with the number of messages in each queue, of all brands of the stack; nothing of what they say.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Forbidden | InternalError | ServiceUnavailable | SetAsideDataResponse | TooManyRequests | Unauthorized | ValidationError
    """

    return sync_detailed(
        client=client,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
) -> Response[
    Forbidden
    | InternalError
    | ServiceUnavailable
    | SetAsideDataResponse
    | TooManyRequests
    | Unauthorized
    | ValidationError
]:
    """How much the stack has set aside, as it failed at every attempt.

     200 with the number of messages in each queue, of all brands of the stack; nothing of what they say.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Forbidden | InternalError | ServiceUnavailable | SetAsideDataResponse | TooManyRequests | Unauthorized | ValidationError]
    """

    kwargs = _get_kwargs()

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
) -> (
    Forbidden
    | InternalError
    | ServiceUnavailable
    | SetAsideDataResponse
    | TooManyRequests
    | Unauthorized
    | ValidationError
    | None
):
    """How much the stack has set aside, as it failed at every attempt.

     200 with the number of messages in each queue, of all brands of the stack; nothing of what they say.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Forbidden | InternalError | ServiceUnavailable | SetAsideDataResponse | TooManyRequests | Unauthorized | ValidationError
    """

    return (
        await asyncio_detailed(
            client=client,
        )
    ).parsed
