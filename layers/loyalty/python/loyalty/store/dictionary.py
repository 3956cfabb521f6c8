"""What most documents have in common: zlib starts from it, so that names take next to no room in short ones.

It is a part of the format, byte for byte. Fields that come later have names that are merely longer to store.
"""

DICTIONARY = (
    b'"request":{"trace_id":"","kind":"OfferAssignment","fields":{"accepted_at":20},'
    b'"steps":[{"at":20,"what":"accepted"},{"at":20,"what":"queued"}],'
    b'"offer":{"offer_id":"","config_id":"","starts_at":20,"ends_at":20,"rank":1000000,"used_by":"","recalled":true},'
    b'"name":"","assigned_at":20,"benefits":{},"source":"campaign","reference":"",'
    b'"type":"FULFILLED","at":20,"closed_holds":[""],"opened_holds":{"updated_offers":[],"removed_offers":[""],'
    b'"deadline":20,"created_at":20,"wallet":{"lots":[],"debts":{"points":0},"holds":{"reserved":[],"pending":[]}},'
    b'"next_lot_expiry":20,"email":"","mobile":"+","tags":{},"attributes":{},"merged_ids":[""],'
    b'"pending_refunds":{"times":1,"ended_at":null,"reason":null,"replaced_tags":{},"redeemed_offers":[],'
    b'"granted_offers":[],"offers":[],"budgets":{},"limits":{"progress":{"types":{"'
    b'"data":{"customer_id":"","brand_id":"","type":"PURCHASE","order":{"value":,"products":[{"sku":"","amount":1}]},'
    b'"redeem":[{"id":"points","amount":}],"fulfilled":false},'
    b'"evaluated":true,"standby":false,"reserve":1,"issued_at":20,"recorded_at":20,"fingerprint":"",'
    b'"campaign_ids":[""],"pending":[{"reward_id":"points","entries":[{"type":"REDEMPTION",'
    b'"lot":{"reward_id":"points","amount":-0,"campaign_id":"","issued_at":20,"expires_at":20},"event_id":"","debt":0,'
    b'"reserved":true}],"sequence":1,"previous":[""],'
    b'"first_balances":[{"reward_id":"points","available":0,"reserved":0,"pending":0,"next_expiration":20}],'
    b'"first_deadline":20,"balances":[{"reward_id":"points","available":0,"resolved_at":20,"usage":{"progress":{'
    b'"types":{"format":1,"customer_id":""'
)
