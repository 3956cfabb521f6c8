from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.brand_not_found_error import BrandNotFoundError
from ...models.emit_event_request import EmitEventRequest
from ...models.event_data_response import EventDataResponse
from ...models.forbidden import Forbidden
from ...models.idempotency_mismatch_error import IdempotencyMismatchError
from ...models.insufficient_balance_error import InsufficientBalanceError
from ...models.internal_error import InternalError
from ...models.item_too_large_error import ItemTooLargeError
from ...models.payload_too_large_error import PayloadTooLargeError
from ...models.service_unavailable import ServiceUnavailable
from ...models.too_many_lots_error import TooManyLotsError
from ...models.too_many_requests import TooManyRequests
from ...models.unauthorized import Unauthorized
from ...models.validation_error import ValidationError
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    body: EmitEventRequest,
    evaluate: bool | Unset = False,
    idempotency_key: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(idempotency_key, Unset):
        headers["Idempotency-Key"] = idempotency_key

    params: dict[str, Any] = {}

    params["evaluate"] = evaluate

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/behavior/history",
        "params": params,
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> (
    BrandNotFoundError
    | EventDataResponse
    | Forbidden
    | IdempotencyMismatchError
    | InsufficientBalanceError
    | ItemTooLargeError
    | TooManyLotsError
    | InternalError
    | PayloadTooLargeError
    | ServiceUnavailable
    | TooManyRequests
    | Unauthorized
    | ValidationError
    | None
):
    if response.status_code == 201:
        response_201 = EventDataResponse.from_dict(response.json())

        return response_201

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

        def _parse_response_422(
            data: object,
        ) -> IdempotencyMismatchError | InsufficientBalanceError | ItemTooLargeError | TooManyLotsError:
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                response_422_type_0 = IdempotencyMismatchError.from_dict(data)

                return response_422_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                response_422_type_1 = InsufficientBalanceError.from_dict(data)

                return response_422_type_1
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                response_422_type_2 = ItemTooLargeError.from_dict(data)

                return response_422_type_2
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            if not isinstance(data, dict):
                raise TypeError()
            response_422_type_3 = TooManyLotsError.from_dict(data)

            return response_422_type_3

        response_422 = _parse_response_422(response.json())

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
    BrandNotFoundError
    | EventDataResponse
    | Forbidden
    | IdempotencyMismatchError
    | InsufficientBalanceError
    | ItemTooLargeError
    | TooManyLotsError
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
    *,
    client: AuthenticatedClient,
    body: EmitEventRequest,
    evaluate: bool | Unset = False,
    idempotency_key: str | Unset = UNSET,
) -> Response[
    BrandNotFoundError
    | EventDataResponse
    | Forbidden
    | IdempotencyMismatchError
    | InsufficientBalanceError
    | ItemTooLargeError
    | TooManyLotsError
    | InternalError
    | PayloadTooLargeError
    | ServiceUnavailable
    | TooManyRequests
    | Unauthorized
    | ValidationError
]:
    """Record what a customer did long ago, before the brand came here.

     201 with the event; a retry gets the first answer again, and is told so.

    Args:
        evaluate (bool | Unset):  Default: False.
        idempotency_key (str | Unset):
        body (EmitEventRequest): What a customer did.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[BrandNotFoundError | EventDataResponse | Forbidden | IdempotencyMismatchError | InsufficientBalanceError | ItemTooLargeError | TooManyLotsError | InternalError | PayloadTooLargeError | ServiceUnavailable | TooManyRequests | Unauthorized | ValidationError]
    """

    kwargs = _get_kwargs(
        body=body,
        evaluate=evaluate,
        idempotency_key=idempotency_key,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    body: EmitEventRequest,
    evaluate: bool | Unset = False,
    idempotency_key: str | Unset = UNSET,
) -> (
    BrandNotFoundError
    | EventDataResponse
    | Forbidden
    | IdempotencyMismatchError
    | InsufficientBalanceError
    | ItemTooLargeError
    | TooManyLotsError
    | InternalError
    | PayloadTooLargeError
    | ServiceUnavailable
    | TooManyRequests
    | Unauthorized
    | ValidationError
    | None
):
    """Record what a customer did long ago, before the brand came here.

     201 with the event; a retry gets the first answer again, and is told so.

    Args:
        evaluate (bool | Unset):  Default: False.
        idempotency_key (str | Unset):
        body (EmitEventRequest): What a customer did.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        BrandNotFoundError | EventDataResponse | Forbidden | IdempotencyMismatchError | InsufficientBalanceError | ItemTooLargeError | TooManyLotsError | InternalError | PayloadTooLargeError | ServiceUnavailable | TooManyRequests | Unauthorized | ValidationError
    """

    return sync_detailed(
        client=client,
        body=body,
        evaluate=evaluate,
        idempotency_key=idempotency_key,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    body: EmitEventRequest,
    evaluate: bool | Unset = False,
    idempotency_key: str | Unset = UNSET,
) -> Response[
    BrandNotFoundError
    | EventDataResponse
    | Forbidden
    | IdempotencyMismatchError
    | InsufficientBalanceError
    | ItemTooLargeError
    | TooManyLotsError
    | InternalError
    | PayloadTooLargeError
    | ServiceUnavailable
    | TooManyRequests
    | Unauthorized
    | ValidationError
]:
    """Record what a customer did long ago, before the brand came here.

     201 with the event; a retry gets the first answer again, and is told so.

    Args:
        evaluate (bool | Unset):  Default: False.
        idempotency_key (str | Unset):
        body (EmitEventRequest): What a customer did.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[BrandNotFoundError | EventDataResponse | Forbidden | IdempotencyMismatchError | InsufficientBalanceError | ItemTooLargeError | TooManyLotsError | InternalError | PayloadTooLargeError | ServiceUnavailable | TooManyRequests | Unauthorized | ValidationError]
    """

    kwargs = _get_kwargs(
        body=body,
        evaluate=evaluate,
        idempotency_key=idempotency_key,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    body: EmitEventRequest,
    evaluate: bool | Unset = False,
    idempotency_key: str | Unset = UNSET,
) -> (
    BrandNotFoundError
    | EventDataResponse
    | Forbidden
    | IdempotencyMismatchError
    | InsufficientBalanceError
    | ItemTooLargeError
    | TooManyLotsError
    | InternalError
    | PayloadTooLargeError
    | ServiceUnavailable
    | TooManyRequests
    | Unauthorized
    | ValidationError
    | None
):
    """Record what a customer did long ago, before the brand came here.

     201 with the event; a retry gets the first answer again, and is told so.

    Args:
        evaluate (bool | Unset):  Default: False.
        idempotency_key (str | Unset):
        body (EmitEventRequest): What a customer did.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        BrandNotFoundError | EventDataResponse | Forbidden | IdempotencyMismatchError | InsufficientBalanceError | ItemTooLargeError | TooManyLotsError | InternalError | PayloadTooLargeError | ServiceUnavailable | TooManyRequests | Unauthorized | ValidationError
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
            evaluate=evaluate,
            idempotency_key=idempotency_key,
        )
    ).parsed
