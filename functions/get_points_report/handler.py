"""GET /reports/points: what points have done by day or month, by reward and by campaign, and what is outstanding."""

from loyalty.domain.errors import BrandNotFoundError
from loyalty.domain.reports.queries import PointsReportQuery
from loyalty.domain.reports.responses import PointsReportResponse, points_report_response
from loyalty.domain.schemas import DataResponse
from loyalty.http import Request, Response, endpoint
from loyalty.services.reports import report_points


@endpoint(query=PointsReportQuery, answers={200: DataResponse[PointsReportResponse]}, errors=(BrandNotFoundError,))
def handler(request: Request[None, PointsReportQuery]) -> Response:
    """200 with the report."""
    query = request.query
    report = report_points(request.brand_id, query.from_, query.to, query.resolution)
    return Response({"data": points_report_response(report)})
