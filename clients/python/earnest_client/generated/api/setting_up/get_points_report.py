import datetime
from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.brand_not_found_error import BrandNotFoundError
from ...models.forbidden import Forbidden
from ...models.get_points_report_resolution import GetPointsReportResolution
from ...models.internal_error import InternalError
from ...models.points_report_data_response import PointsReportDataResponse
from ...models.service_unavailable import ServiceUnavailable
from ...models.too_many_requests import TooManyRequests
from ...models.unauthorized import Unauthorized
from ...models.validation_error import ValidationError
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    from_: datetime.date | Unset = UNSET,
    to: datetime.date | Unset = UNSET,
    resolution: GetPointsReportResolution | Unset = GetPointsReportResolution.DAY,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    json_from_: str | Unset = UNSET
    if not isinstance(from_, Unset):
        json_from_ = from_.isoformat()
    params["from"] = json_from_

    json_to: str | Unset = UNSET
    if not isinstance(to, Unset):
        json_to = to.isoformat()
    params["to"] = json_to

    json_resolution: str | Unset = UNSET
    if not isinstance(resolution, Unset):
        json_resolution = resolution.value

    params["resolution"] = json_resolution

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/reports/points",
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> (
    BrandNotFoundError
    | Forbidden
    | InternalError
    | PointsReportDataResponse
    | ServiceUnavailable
    | TooManyRequests
    | Unauthorized
    | ValidationError
    | None
):
    if response.status_code == 200:
        response_200 = PointsReportDataResponse.from_dict(response.json())

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
    | InternalError
    | PointsReportDataResponse
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
    from_: datetime.date | Unset = UNSET,
    to: datetime.date | Unset = UNSET,
    resolution: GetPointsReportResolution | Unset = GetPointsReportResolution.DAY,
) -> Response[
    BrandNotFoundError
    | Forbidden
    | InternalError
    | PointsReportDataResponse
    | ServiceUnavailable
    | TooManyRequests
    | Unauthorized
    | ValidationError
]:
    """What points have done by day or month, by reward and by campaign, and what is outstanding.

     200 with the report.

    Args:
        from_ (datetime.date | Unset):
        to (datetime.date | Unset):
        resolution (GetPointsReportResolution | Unset):  Default: GetPointsReportResolution.DAY.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[BrandNotFoundError | Forbidden | InternalError | PointsReportDataResponse | ServiceUnavailable | TooManyRequests | Unauthorized | ValidationError]
    """

    kwargs = _get_kwargs(
        from_=from_,
        to=to,
        resolution=resolution,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    from_: datetime.date | Unset = UNSET,
    to: datetime.date | Unset = UNSET,
    resolution: GetPointsReportResolution | Unset = GetPointsReportResolution.DAY,
) -> (
    BrandNotFoundError
    | Forbidden
    | InternalError
    | PointsReportDataResponse
    | ServiceUnavailable
    | TooManyRequests
    | Unauthorized
    | ValidationError
    | None
):
    """What points have done by day or month, by reward and by campaign, and what is outstanding.

     200 with the report.

    Args:
        from_ (datetime.date | Unset):
        to (datetime.date | Unset):
        resolution (GetPointsReportResolution | Unset):  Default: GetPointsReportResolution.DAY.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        BrandNotFoundError | Forbidden | InternalError | PointsReportDataResponse | ServiceUnavailable | TooManyRequests | Unauthorized | ValidationError
    """

    return sync_detailed(
        client=client,
        from_=from_,
        to=to,
        resolution=resolution,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    from_: datetime.date | Unset = UNSET,
    to: datetime.date | Unset = UNSET,
    resolution: GetPointsReportResolution | Unset = GetPointsReportResolution.DAY,
) -> Response[
    BrandNotFoundError
    | Forbidden
    | InternalError
    | PointsReportDataResponse
    | ServiceUnavailable
    | TooManyRequests
    | Unauthorized
    | ValidationError
]:
    """What points have done by day or month, by reward and by campaign, and what is outstanding.

     200 with the report.

    Args:
        from_ (datetime.date | Unset):
        to (datetime.date | Unset):
        resolution (GetPointsReportResolution | Unset):  Default: GetPointsReportResolution.DAY.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[BrandNotFoundError | Forbidden | InternalError | PointsReportDataResponse | ServiceUnavailable | TooManyRequests | Unauthorized | ValidationError]
    """

    kwargs = _get_kwargs(
        from_=from_,
        to=to,
        resolution=resolution,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    from_: datetime.date | Unset = UNSET,
    to: datetime.date | Unset = UNSET,
    resolution: GetPointsReportResolution | Unset = GetPointsReportResolution.DAY,
) -> (
    BrandNotFoundError
    | Forbidden
    | InternalError
    | PointsReportDataResponse
    | ServiceUnavailable
    | TooManyRequests
    | Unauthorized
    | ValidationError
    | None
):
    """What points have done by day or month, by reward and by campaign, and what is outstanding.

     200 with the report.

    Args:
        from_ (datetime.date | Unset):
        to (datetime.date | Unset):
        resolution (GetPointsReportResolution | Unset):  Default: GetPointsReportResolution.DAY.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        BrandNotFoundError | Forbidden | InternalError | PointsReportDataResponse | ServiceUnavailable | TooManyRequests | Unauthorized | ValidationError
    """

    return (
        await asyncio_detailed(
            client=client,
            from_=from_,
            to=to,
            resolution=resolution,
        )
    ).parsed
