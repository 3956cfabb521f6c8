"""Contains all the data models used in inputs/outputs"""

from .accepted_response import AcceptedResponse
from .access_token_response import AccessTokenResponse
from .advance_test_clock_request import AdvanceTestClockRequest
from .any_item_condition import AnyItemCondition
from .any_item_explanation_response import AnyItemExplanationResponse
from .api_key_page_response import ApiKeyPageResponse
from .api_key_response import ApiKeyResponse
from .api_key_response_scopes_item import ApiKeyResponseScopesItem
from .assign_points_request import AssignPointsRequest
from .audit_page_response import AuditPageResponse
from .audit_response import AuditResponse
from .audit_response_after_type_0 import AuditResponseAfterType0
from .audit_response_before_type_0 import AuditResponseBeforeType0
from .balance_response import BalanceResponse
from .brand_data_response import BrandDataResponse
from .brand_not_found_error import BrandNotFoundError
from .brand_response import BrandResponse
from .brand_response_channel_merging import BrandResponseChannelMerging
from .brand_response_purchase_ids import BrandResponsePurchaseIds
from .brand_settings import BrandSettings
from .brand_settings_channel_merging_type_0 import BrandSettingsChannelMergingType0
from .brand_settings_purchase_ids_type_0 import BrandSettingsPurchaseIdsType0
from .budget_spent_error import BudgetSpentError
from .campaign import Campaign
from .campaign_days_of_week_type_0_item import CampaignDaysOfWeekType0Item
from .campaign_explanation_response import CampaignExplanationResponse
from .campaign_explanation_response_tags import CampaignExplanationResponseTags
from .campaign_not_found_error import CampaignNotFoundError
from .campaign_page_response import CampaignPageResponse
from .campaign_period_response import CampaignPeriodResponse
from .campaign_problem_response import CampaignProblemResponse
from .campaign_report_response import CampaignReportResponse
from .campaign_response import CampaignResponse
from .campaign_response_rules_item import CampaignResponseRulesItem
from .campaign_status_type_0 import CampaignStatusType0
from .campaign_with_remainder_response import CampaignWithRemainderResponse
from .condition_explanation_response import ConditionExplanationResponse
from .config_offer_data_response import ConfigOfferDataResponse
from .config_offer_page_response import ConfigOfferPageResponse
from .config_offer_response import ConfigOfferResponse
from .config_offer_response_benefits import ConfigOfferResponseBenefits
from .config_offer_settings import ConfigOfferSettings
from .config_offer_settings_benefits_type_0 import ConfigOfferSettingsBenefitsType0
from .count_condition import CountCondition
from .create_api_key_request import CreateApiKeyRequest
from .create_api_key_request_scopes_item import CreateApiKeyRequestScopesItem
from .create_offer_request import CreateOfferRequest
from .customer_data_response import CustomerDataResponse
from .customer_response import CustomerResponse
from .customer_response_attributes import CustomerResponseAttributes
from .customer_response_tags import CustomerResponseTags
from .delivery_page_response import DeliveryPageResponse
from .delivery_response import DeliveryResponse
from .document_response import DocumentResponse
from .dry_run_response import DryRunResponse
from .emit_event_request import EmitEventRequest
from .emit_event_request_metadata_type_0 import EmitEventRequestMetadataType0
from .emit_event_request_tags_type_0_type_0 import EmitEventRequestTagsType0Type0
from .entry_type import EntryType
from .error_details_response import ErrorDetailsResponse
from .event_cancelled_error import EventCancelledError
from .event_condition import EventCondition
from .event_condition_operator import EventConditionOperator
from .event_data_response import EventDataResponse
from .event_expired_error import EventExpiredError
from .event_not_found_error import EventNotFoundError
from .event_page_response import EventPageResponse
from .event_pending_error import EventPendingError
from .event_resolved_error import EventResolvedError
from .event_response import EventResponse
from .event_response_data import EventResponseData
from .event_reversed_error import EventReversedError
from .event_status import EventStatus
from .event_wallet_response import EventWalletResponse
from .existence_condition import ExistenceCondition
from .expiring_response import ExpiringResponse
from .explanation_data_response import ExplanationDataResponse
from .explanation_response import ExplanationResponse
from .export_page_response import ExportPageResponse
from .export_response import ExportResponse
from .exported_event_response import ExportedEventResponse
from .exported_event_response_data import ExportedEventResponseData
from .extend_request_type_0 import ExtendRequestType0
from .extend_request_type_1 import ExtendRequestType1
from .forbidden import Forbidden
from .found_customers_response import FoundCustomersResponse
from .found_events_response import FoundEventsResponse
from .fulfil_request import FulfilRequest
from .get_points_report_resolution import GetPointsReportResolution
from .give_offer import GiveOffer
from .given_offer_response import GivenOfferResponse
from .granted_response import GrantedResponse
from .history_condition import HistoryCondition
from .history_condition_operator import HistoryConditionOperator
from .hours import Hours
from .idempotency_mismatch_error import IdempotencyMismatchError
from .identity_response import IdentityResponse
from .identity_taken_error import IdentityTakenError
from .insufficient_balance_error import InsufficientBalanceError
from .internal_error import InternalError
from .item_event_condition import ItemEventCondition
from .item_event_condition_operator import ItemEventConditionOperator
from .item_existence_condition import ItemExistenceCondition
from .item_explanation_response import ItemExplanationResponse
from .item_too_large_error import ItemTooLargeError
from .key_not_found_error import KeyNotFoundError
from .kind import Kind
from .limit_reached_error import LimitReachedError
from .limits import Limits
from .limits_when_short_type_0 import LimitsWhenShortType0
from .list_offers_status import ListOffersStatus
from .lot_response import LotResponse
from .migrate_request import MigrateRequest
from .migrate_request_attributes import MigrateRequestAttributes
from .migrate_request_tags import MigrateRequestTags
from .migrated_balance import MigratedBalance
from .more_than_left_error import MoreThanLeftError
from .movement_response import MovementResponse
from .multiple import Multiple
from .new_api_key_data_response import NewApiKeyDataResponse
from .new_api_key_response import NewApiKeyResponse
from .new_api_key_response_scopes_item import NewApiKeyResponseScopesItem
from .new_webhook_data_response import NewWebhookDataResponse
from .new_webhook_response import NewWebhookResponse
from .new_webhook_response_events_item import NewWebhookResponseEventsItem
from .not_merged_error import NotMergedError
from .offer_not_found_error import OfferNotFoundError
from .offer_page_response import OfferPageResponse
from .offer_response import OfferResponse
from .offer_response_benefits import OfferResponseBenefits
from .offer_status import OfferStatus
from .order import Order
from .order_metadata_type_0 import OrderMetadataType0
from .order_tags_type_0_type_0 import OrderTagsType0Type0
from .outcome import Outcome
from .part_explanation_response import PartExplanationResponse
from .part_of_line_response import PartOfLineResponse
from .part_of_product import PartOfProduct
from .patch_customer_request import PatchCustomerRequest
from .patch_customer_request_attributes_type_0 import (
    PatchCustomerRequestAttributesType0,
)
from .patch_customer_request_tags_type_0 import PatchCustomerRequestTagsType0
from .payload_too_large_error import PayloadTooLargeError
from .per_campaign import PerCampaign
from .per_customer import PerCustomer
from .per_customer_period_type_0 import PerCustomerPeriodType0
from .per_event import PerEvent
from .percentage import Percentage
from .period_response import PeriodResponse
from .points import Points
from .points_by_tier_type_0 import PointsByTierType0
from .points_report_data_response import PointsReportDataResponse
from .points_report_response import PointsReportResponse
from .preview_campaign_response import PreviewCampaignResponse
from .preview_campaign_response_reason import PreviewCampaignResponseReason
from .preview_campaign_response_reward_type import PreviewCampaignResponseRewardType
from .preview_event_response import PreviewEventResponse
from .preview_progress_response import PreviewProgressResponse
from .preview_progress_response_completion_reward_type import (
    PreviewProgressResponseCompletionRewardType,
)
from .preview_response import PreviewResponse
from .problem_response import ProblemResponse
from .product import Product
from .product_metadata_type_0 import ProductMetadataType0
from .product_tags_type_0_type_0 import ProductTagsType0Type0
from .program_response import ProgramResponse
from .program_settings import ProgramSettings
from .program_settings_campaigns_type_0 import ProgramSettingsCampaignsType0
from .program_settings_config_offers_type_0 import ProgramSettingsConfigOffersType0
from .program_settings_rewards_type_0 import ProgramSettingsRewardsType0
from .purchase_replaced_error import PurchaseReplacedError
from .put_campaign_response import PutCampaignResponse
from .put_program_response import PutProgramResponse
from .record_response import RecordResponse
from .record_type import RecordType
from .redemption import Redemption
from .remainder_response import RemainderResponse
from .rescue_request import RescueRequest
from .rescue_response import RescueResponse
from .result_response import ResultResponse
from .returned_response import ReturnedResponse
from .reverse_request import ReverseRequest
from .reward_data_response import RewardDataResponse
from .reward_in_use_error import RewardInUseError
from .reward_not_found_error import RewardNotFoundError
from .reward_page_response import RewardPageResponse
from .reward_report_response import RewardReportResponse
from .reward_response import RewardResponse
from .reward_response_attributes import RewardResponseAttributes
from .reward_response_type import RewardResponseType
from .reward_settings import RewardSettings
from .reward_settings_attributes_type_0 import RewardSettingsAttributesType0
from .reward_settings_type_type_0 import RewardSettingsTypeType0
from .rule import Rule
from .rule_explanation_response import RuleExplanationResponse
from .rule_params import RuleParams
from .rule_params_response import RuleParamsResponse
from .service_unavailable import ServiceUnavailable
from .set_aside_data_response import SetAsideDataResponse
from .set_aside_queue import SetAsideQueue
from .set_aside_queue_response import SetAsideQueueResponse
from .set_aside_queue_response_command import SetAsideQueueResponseCommand
from .set_aside_response import SetAsideResponse
from .set_tag import SetTag
from .shipping import Shipping
from .shipping_metadata_type_0 import ShippingMetadataType0
from .shipping_tags_type_0_type_0 import ShippingTagsType0Type0
from .step import Step
from .taken_response import TakenResponse
from .test_clock_data_response import TestClockDataResponse
from .test_clock_response import TestClockResponse
from .test_clock_response_status import TestClockResponseStatus
from .test_message_data_response import TestMessageDataResponse
from .test_message_request import TestMessageRequest
from .test_message_response import TestMessageResponse
from .tier_points import TierPoints
from .tier_points_by_tier import TierPointsByTier
from .too_many_holds_error import TooManyHoldsError
from .too_many_lots_error import TooManyLotsError
from .too_many_parts_error import TooManyPartsError
from .too_many_requests import TooManyRequests
from .trace_data_response import TraceDataResponse
from .trace_not_found_error import TraceNotFoundError
from .trace_response import TraceResponse
from .trace_status import TraceStatus
from .trace_step_response import TraceStepResponse
from .track_events_v3_request_type_0 import TrackEventsV3RequestType0
from .track_events_v3_request_type_1 import TrackEventsV3RequestType1
from .track_events_v4_request_type_0 import TrackEventsV4RequestType0
from .track_events_v4_request_type_1 import TrackEventsV4RequestType1
from .tracked_event_response import TrackedEventResponse
from .tracked_response import TrackedResponse
from .transaction_page_response import TransactionPageResponse
from .transaction_response import TransactionResponse
from .trial_request import TrialRequest
from .trial_response import TrialResponse
from .tried_effect_response import TriedEffectResponse
from .tried_event_response import TriedEventResponse
from .tried_total_response import TriedTotalResponse
from .try_campaign_response import TryCampaignResponse
from .unauthorized import Unauthorized
from .unmerge_request import UnmergeRequest
from .unmerged_data_response import UnmergedDataResponse
from .unmerged_response import UnmergedResponse
from .user_not_found_error import UserNotFoundError
from .validation_error import ValidationError
from .wallet_data_response import WalletDataResponse
from .wallet_response import WalletResponse
from .warning_response import WarningResponse
from .webhook_data_response import WebhookDataResponse
from .webhook_not_found_error import WebhookNotFoundError
from .webhook_page_response import WebhookPageResponse
from .webhook_response import WebhookResponse
from .webhook_response_events_item import WebhookResponseEventsItem
from .webhook_settings import WebhookSettings
from .webhook_settings_events_item import WebhookSettingsEventsItem
from .where_explanation_response import WhereExplanationResponse

__all__ = (
    "AcceptedResponse",
    "AccessTokenResponse",
    "AdvanceTestClockRequest",
    "AnyItemCondition",
    "AnyItemExplanationResponse",
    "ApiKeyPageResponse",
    "ApiKeyResponse",
    "ApiKeyResponseScopesItem",
    "AssignPointsRequest",
    "AuditPageResponse",
    "AuditResponse",
    "AuditResponseAfterType0",
    "AuditResponseBeforeType0",
    "BalanceResponse",
    "BrandDataResponse",
    "BrandNotFoundError",
    "BrandResponse",
    "BrandResponseChannelMerging",
    "BrandResponsePurchaseIds",
    "BrandSettings",
    "BrandSettingsChannelMergingType0",
    "BrandSettingsPurchaseIdsType0",
    "BudgetSpentError",
    "Campaign",
    "CampaignDaysOfWeekType0Item",
    "CampaignExplanationResponse",
    "CampaignExplanationResponseTags",
    "CampaignNotFoundError",
    "CampaignPageResponse",
    "CampaignPeriodResponse",
    "CampaignProblemResponse",
    "CampaignReportResponse",
    "CampaignResponse",
    "CampaignResponseRulesItem",
    "CampaignStatusType0",
    "CampaignWithRemainderResponse",
    "ConditionExplanationResponse",
    "ConfigOfferDataResponse",
    "ConfigOfferPageResponse",
    "ConfigOfferResponse",
    "ConfigOfferResponseBenefits",
    "ConfigOfferSettings",
    "ConfigOfferSettingsBenefitsType0",
    "CountCondition",
    "CreateApiKeyRequest",
    "CreateApiKeyRequestScopesItem",
    "CreateOfferRequest",
    "CustomerDataResponse",
    "CustomerResponse",
    "CustomerResponseAttributes",
    "CustomerResponseTags",
    "DeliveryPageResponse",
    "DeliveryResponse",
    "DocumentResponse",
    "DryRunResponse",
    "EmitEventRequest",
    "EmitEventRequestMetadataType0",
    "EmitEventRequestTagsType0Type0",
    "EntryType",
    "ErrorDetailsResponse",
    "EventCancelledError",
    "EventCondition",
    "EventConditionOperator",
    "EventDataResponse",
    "EventExpiredError",
    "EventNotFoundError",
    "EventPageResponse",
    "EventPendingError",
    "EventResolvedError",
    "EventResponse",
    "EventResponseData",
    "EventReversedError",
    "EventStatus",
    "EventWalletResponse",
    "ExistenceCondition",
    "ExpiringResponse",
    "ExplanationDataResponse",
    "ExplanationResponse",
    "ExportedEventResponse",
    "ExportedEventResponseData",
    "ExportPageResponse",
    "ExportResponse",
    "ExtendRequestType0",
    "ExtendRequestType1",
    "Forbidden",
    "FoundCustomersResponse",
    "FoundEventsResponse",
    "FulfilRequest",
    "GetPointsReportResolution",
    "GivenOfferResponse",
    "GiveOffer",
    "GrantedResponse",
    "HistoryCondition",
    "HistoryConditionOperator",
    "Hours",
    "IdempotencyMismatchError",
    "IdentityResponse",
    "IdentityTakenError",
    "InsufficientBalanceError",
    "InternalError",
    "ItemEventCondition",
    "ItemEventConditionOperator",
    "ItemExistenceCondition",
    "ItemExplanationResponse",
    "ItemTooLargeError",
    "KeyNotFoundError",
    "Kind",
    "LimitReachedError",
    "Limits",
    "LimitsWhenShortType0",
    "ListOffersStatus",
    "LotResponse",
    "MigratedBalance",
    "MigrateRequest",
    "MigrateRequestAttributes",
    "MigrateRequestTags",
    "MoreThanLeftError",
    "MovementResponse",
    "Multiple",
    "NewApiKeyDataResponse",
    "NewApiKeyResponse",
    "NewApiKeyResponseScopesItem",
    "NewWebhookDataResponse",
    "NewWebhookResponse",
    "NewWebhookResponseEventsItem",
    "NotMergedError",
    "OfferNotFoundError",
    "OfferPageResponse",
    "OfferResponse",
    "OfferResponseBenefits",
    "OfferStatus",
    "Order",
    "OrderMetadataType0",
    "OrderTagsType0Type0",
    "Outcome",
    "PartExplanationResponse",
    "PartOfLineResponse",
    "PartOfProduct",
    "PatchCustomerRequest",
    "PatchCustomerRequestAttributesType0",
    "PatchCustomerRequestTagsType0",
    "PayloadTooLargeError",
    "PerCampaign",
    "Percentage",
    "PerCustomer",
    "PerCustomerPeriodType0",
    "PerEvent",
    "PeriodResponse",
    "Points",
    "PointsByTierType0",
    "PointsReportDataResponse",
    "PointsReportResponse",
    "PreviewCampaignResponse",
    "PreviewCampaignResponseReason",
    "PreviewCampaignResponseRewardType",
    "PreviewEventResponse",
    "PreviewProgressResponse",
    "PreviewProgressResponseCompletionRewardType",
    "PreviewResponse",
    "ProblemResponse",
    "Product",
    "ProductMetadataType0",
    "ProductTagsType0Type0",
    "ProgramResponse",
    "ProgramSettings",
    "ProgramSettingsCampaignsType0",
    "ProgramSettingsConfigOffersType0",
    "ProgramSettingsRewardsType0",
    "PurchaseReplacedError",
    "PutCampaignResponse",
    "PutProgramResponse",
    "RecordResponse",
    "RecordType",
    "Redemption",
    "RemainderResponse",
    "RescueRequest",
    "RescueResponse",
    "ResultResponse",
    "ReturnedResponse",
    "ReverseRequest",
    "RewardDataResponse",
    "RewardInUseError",
    "RewardNotFoundError",
    "RewardPageResponse",
    "RewardReportResponse",
    "RewardResponse",
    "RewardResponseAttributes",
    "RewardResponseType",
    "RewardSettings",
    "RewardSettingsAttributesType0",
    "RewardSettingsTypeType0",
    "Rule",
    "RuleExplanationResponse",
    "RuleParams",
    "RuleParamsResponse",
    "ServiceUnavailable",
    "SetAsideDataResponse",
    "SetAsideQueue",
    "SetAsideQueueResponse",
    "SetAsideQueueResponseCommand",
    "SetAsideResponse",
    "SetTag",
    "Shipping",
    "ShippingMetadataType0",
    "ShippingTagsType0Type0",
    "Step",
    "TakenResponse",
    "TestClockDataResponse",
    "TestClockResponse",
    "TestClockResponseStatus",
    "TestMessageDataResponse",
    "TestMessageRequest",
    "TestMessageResponse",
    "TierPoints",
    "TierPointsByTier",
    "TooManyHoldsError",
    "TooManyLotsError",
    "TooManyPartsError",
    "TooManyRequests",
    "TraceDataResponse",
    "TraceNotFoundError",
    "TraceResponse",
    "TraceStatus",
    "TraceStepResponse",
    "TrackedEventResponse",
    "TrackedResponse",
    "TrackEventsV3RequestType0",
    "TrackEventsV3RequestType1",
    "TrackEventsV4RequestType0",
    "TrackEventsV4RequestType1",
    "TransactionPageResponse",
    "TransactionResponse",
    "TrialRequest",
    "TrialResponse",
    "TriedEffectResponse",
    "TriedEventResponse",
    "TriedTotalResponse",
    "TryCampaignResponse",
    "Unauthorized",
    "UnmergedDataResponse",
    "UnmergedResponse",
    "UnmergeRequest",
    "UserNotFoundError",
    "ValidationError",
    "WalletDataResponse",
    "WalletResponse",
    "WarningResponse",
    "WebhookDataResponse",
    "WebhookNotFoundError",
    "WebhookPageResponse",
    "WebhookResponse",
    "WebhookResponseEventsItem",
    "WebhookSettings",
    "WebhookSettingsEventsItem",
    "WhereExplanationResponse",
)
