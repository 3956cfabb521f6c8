from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.forbidden import Forbidden
from ...models.internal_error import InternalError
from ...models.payload_too_large_error import PayloadTooLargeError
from ...models.service_unavailable import ServiceUnavailable
from ...models.test_message_data_response import TestMessageDataResponse
from ...models.test_message_request import TestMessageRequest
from ...models.too_many_requests import TooManyRequests
from ...models.unauthorized import Unauthorized
from ...models.validation_error import ValidationError
from ...models.webhook_not_found_error import WebhookNotFoundError
from ...types import UNSET, Response, Unset


def _get_kwargs(
    id: str,
    *,
    body: TestMessageRequest | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/webhooks/{id}/test".format(
            id=quote(str(id), safe=""),
        ),
    }

    if not isinstance(body, Unset):
        _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> (
    Forbidden
    | InternalError
    | PayloadTooLargeError
    | ServiceUnavailable
    | TestMessageDataResponse
    | TooManyRequests
    | Unauthorized
    | ValidationError
    | WebhookNotFoundError
    | None
):
    if response.status_code == 202:
        response_202 = TestMessageDataResponse.from_dict(response.json())

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
        response_404 = WebhookNotFoundError.from_dict(response.json())

        return response_404

    if response.status_code == 413:
        response_413 = PayloadTooLargeError.from_dict(response.json())

        return response_413

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
    | PayloadTooLargeError
    | ServiceUnavailable
    | TestMessageDataResponse
    | TooManyRequests
    | Unauthorized
    | ValidationError
    | WebhookNotFoundError
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
    body: TestMessageRequest | Unset = UNSET,
) -> Response[
    Forbidden
    | InternalError
    | PayloadTooLargeError
    | ServiceUnavailable
    | TestMessageDataResponse
    | TooManyRequests
    | Unauthorized
    | ValidationError
    | WebhookNotFoundError
]:
    """Send a message to a webhook to see whether it arrives.

     202 with the id of the message, whose delivery is listed when it has been tried: once.

    Args:
        id (str):
        body (TestMessageRequest | Unset): A message to see whether it arrives; there is nothing
            to say about it.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Forbidden | InternalError | PayloadTooLargeError | ServiceUnavailable | TestMessageDataResponse | TooManyRequests | Unauthorized | ValidationError | WebhookNotFoundError]
    """

    kwargs = _get_kwargs(
        id=id,
        body=body,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    id: str,
    *,
    client: AuthenticatedClient,
    body: TestMessageRequest | Unset = UNSET,
) -> (
    Forbidden
    | InternalError
    | PayloadTooLargeError
    | ServiceUnavailable
    | TestMessageDataResponse
    | TooManyRequests
    | Unauthorized
    | ValidationError
    | WebhookNotFoundError
    | None
):
    """Send a message to a webhook to see whether it arrives.

     202 with the id of the message, whose delivery is listed when it has been tried: once.

    Args:
        id (str):
        body (TestMessageRequest | Unset): A message to see whether it arrives; there is nothing
            to say about it.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Forbidden | InternalError | PayloadTooLargeError | ServiceUnavailable | TestMessageDataResponse | TooManyRequests | Unauthorized | ValidationError | WebhookNotFoundError
    """

    return sync_detailed(
        id=id,
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    id: str,
    *,
    client: AuthenticatedClient,
    body: TestMessageRequest | Unset = UNSET,
) -> Response[
    Forbidden
    | InternalError
    | PayloadTooLargeError
    | ServiceUnavailable
    | TestMessageDataResponse
    | TooManyRequests
    | Unauthorized
    | ValidationError
    | WebhookNotFoundError
]:
    """Send a message to a webhook to see whether it arrives.

     202 with the id of the message, whose delivery is listed when it has been tried: once.

    Args:
        id (str):
        body (TestMessageRequest | Unset): A message to see whether it arrives; there is nothing
            to say about it.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Forbidden | InternalError | PayloadTooLargeError | ServiceUnavailable | TestMessageDataResponse | TooManyRequests | Unauthorized | ValidationError | WebhookNotFoundError]
    """

    kwargs = _get_kwargs(
        id=id,
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    id: str,
    *,
    client: AuthenticatedClient,
    body: TestMessageRequest | Unset = UNSET,
) -> (
    Forbidden
    | InternalError
    | PayloadTooLargeError
    | ServiceUnavailable
    | TestMessageDataResponse
    | TooManyRequests
    | Unauthorized
    | ValidationError
    | WebhookNotFoundError
    | None
):
    """Send a message to a webhook to see whether it arrives.

     202 with the id of the message, whose delivery is listed when it has been tried: once.

    Args:
        id (str):
        body (TestMessageRequest | Unset): A message to see whether it arrives; there is nothing
            to say about it.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Forbidden | InternalError | PayloadTooLargeError | ServiceUnavailable | TestMessageDataResponse | TooManyRequests | Unauthorized | ValidationError | WebhookNotFoundError
    """

    return (
        await asyncio_detailed(
            id=id,
            client=client,
            body=body,
        )
    ).parsed
