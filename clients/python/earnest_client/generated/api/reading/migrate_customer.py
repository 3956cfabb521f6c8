from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.accepted_response import AcceptedResponse
from ...models.brand_not_found_error import BrandNotFoundError
from ...models.forbidden import Forbidden
from ...models.idempotency_mismatch_error import IdempotencyMismatchError
from ...models.internal_error import InternalError
from ...models.migrate_request import MigrateRequest
from ...models.payload_too_large_error import PayloadTooLargeError
from ...models.service_unavailable import ServiceUnavailable
from ...models.too_many_requests import TooManyRequests
from ...models.unauthorized import Unauthorized
from ...models.validation_error import ValidationError
from ...types import Response


def _get_kwargs(
    id: str,
    *,
    body: MigrateRequest,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/customers/{id}/migrate".format(
            id=quote(str(id), safe=""),
        ),
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> (
    AcceptedResponse
    | BrandNotFoundError
    | Forbidden
    | IdempotencyMismatchError
    | InternalError
    | PayloadTooLargeError
    | ServiceUnavailable
    | TooManyRequests
    | Unauthorized
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
        response_404 = BrandNotFoundError.from_dict(response.json())

        return response_404

    if response.status_code == 413:
        response_413 = PayloadTooLargeError.from_dict(response.json())

        return response_413

    if response.status_code == 422:
        response_422 = IdempotencyMismatchError.from_dict(response.json())

        return response_422

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
    | BrandNotFoundError
    | Forbidden
    | IdempotencyMismatchError
    | InternalError
    | PayloadTooLargeError
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
    id: str,
    *,
    client: AuthenticatedClient,
    body: MigrateRequest,
) -> Response[
    AcceptedResponse
    | BrandNotFoundError
    | Forbidden
    | IdempotencyMismatchError
    | InternalError
    | PayloadTooLargeError
    | ServiceUnavailable
    | TooManyRequests
    | Unauthorized
    | ValidationError
]:
    """Take over what a customer had in another product.

     202 with the id of the trace that will say what has become of it; the same again for the same
    source.

    Args:
        id (str):
        body (MigrateRequest): What a customer brings along from another product; it is taken once
            for each source.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[AcceptedResponse | BrandNotFoundError | Forbidden | IdempotencyMismatchError | InternalError | PayloadTooLargeError | ServiceUnavailable | TooManyRequests | Unauthorized | ValidationError]
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
    body: MigrateRequest,
) -> (
    AcceptedResponse
    | BrandNotFoundError
    | Forbidden
    | IdempotencyMismatchError
    | InternalError
    | PayloadTooLargeError
    | ServiceUnavailable
    | TooManyRequests
    | Unauthorized
    | ValidationError
    | None
):
    """Take over what a customer had in another product.

     202 with the id of the trace that will say what has become of it; the same again for the same
    source.

    Args:
        id (str):
        body (MigrateRequest): What a customer brings along from another product; it is taken once
            for each source.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        AcceptedResponse | BrandNotFoundError | Forbidden | IdempotencyMismatchError | InternalError | PayloadTooLargeError | ServiceUnavailable | TooManyRequests | Unauthorized | ValidationError
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
    body: MigrateRequest,
) -> Response[
    AcceptedResponse
    | BrandNotFoundError
    | Forbidden
    | IdempotencyMismatchError
    | InternalError
    | PayloadTooLargeError
    | ServiceUnavailable
    | TooManyRequests
    | Unauthorized
    | ValidationError
]:
    """Take over what a customer had in another product.

     202 with the id of the trace that will say what has become of it; the same again for the same
    source.

    Args:
        id (str):
        body (MigrateRequest): What a customer brings along from another product; it is taken once
            for each source.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[AcceptedResponse | BrandNotFoundError | Forbidden | IdempotencyMismatchError | InternalError | PayloadTooLargeError | ServiceUnavailable | TooManyRequests | Unauthorized | ValidationError]
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
    body: MigrateRequest,
) -> (
    AcceptedResponse
    | BrandNotFoundError
    | Forbidden
    | IdempotencyMismatchError
    | InternalError
    | PayloadTooLargeError
    | ServiceUnavailable
    | TooManyRequests
    | Unauthorized
    | ValidationError
    | None
):
    """Take over what a customer had in another product.

     202 with the id of the trace that will say what has become of it; the same again for the same
    source.

    Args:
        id (str):
        body (MigrateRequest): What a customer brings along from another product; it is taken once
            for each source.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        AcceptedResponse | BrandNotFoundError | Forbidden | IdempotencyMismatchError | InternalError | PayloadTooLargeError | ServiceUnavailable | TooManyRequests | Unauthorized | ValidationError
    """

    return (
        await asyncio_detailed(
            id=id,
            client=client,
            body=body,
        )
    ).parsed
