"""Published programs: what a brand has set up, complete and immutable, and how each process keeps up with it.

A change of settings has two effects. One transaction stores the item, an audit record and a new version of the brand.
Then the same call publishes a program of that version: it stores it whole, compressed, in parts that have partitions
of their own, so that a thousand processes can read it at once, and then lets the brand's item point to it. A program is
made of the one published before and of the audit records since, so it has exactly the changes up to its version. Of
concurrent changes, the first call to publish includes all that are committed, and the others find nothing left to do.

A failure between the two effects loses nothing: the brand's item then has a newer version than the program that it
points to, which the caller's retry publishes, or the next change, or the first event after _REPAIR_AFTER.

A process decides by the last program it has. It reads the brand's item along with something else once that was
confirmed _CHECK_AFTER ago, and the parts of a newer program along with the call after that; so no call waits for a
program unless it has none, or what it has was not confirmed within _MAX_AGE. What is written and answered is therefore
in force everywhere within two seconds. Parts have a TTL, as programs are superseded; the one that is the newest is
published anew, under another id, by an event that has to load it when half its time is over. A process that finds
parts gone, or no program at all, makes one of the single items.
"""

import time
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from loyalty import json
from loyalty.domain import ids
from loyalty.domain.errors import BrandNotFoundError, ServiceUnavailable
from loyalty.domain.program.brands import Brand
from loyalty.domain.program.catalog import Catalog
from loyalty.domain.program.changes import AuditRecord, Author, Kind, SettingsChange
from loyalty.domain.program.config_offers import ConfigOffer
from loyalty.domain.program.program import Program, StoredCampaign
from loyalty.domain.program.rewards import Reward
from loyalty.store import keys
from loyalty.store.codec import decode, encode, pack, unpack
from loyalty.store.program import (
    BRAND,
    Edit,
    audit_write,
    iter_audit,
    load_brand,
    load_catalog,
    load_stored_campaigns,
)
from loyalty.store.table import (
    Backoff,
    Item,
    Write,
    WriteConflict,
    get,
    get_many,
    integer_in,
    put,
    retry_on_conflict,
    transact,
    transact_in_parts,
    update,
    write,
)

# By the clock of the machine, not of the process: that one stands still while a function is frozen.
_CHECK_AFTER = 1.0
_MAX_AGE = 1.5
_REPAIR_AFTER = 2.0
_MAX_BRANDS_KNOWN = 200
# Two read units: a thousand processes that read a part within a second take two thirds of what a partition gives.
_CHUNK_BYTES = 8_000
_CHUNKS_PER_WRITE = 90
_WRITE_BYTES = 3_000_000
_MAX_CHANGES_APPLIED = 1_000


class _Pointer(NamedTuple):
    """What a brand's item says: its version, when that was made, and the newest program, None if there is none."""

    version: int
    changed_at: float
    program_id: str | None
    published: int
    chunks: int
    ends_at: int


class _KnownProgram(NamedTuple):
    """The program that a process decides by, until when it was certainly the newest, and the pointer to a newer one.

    `newer` also has when that pointer was read; the next call brings the parts that it points to.
    """

    program: Program
    checked_at: float
    newer: tuple[_Pointer, float] | None = None


class Refresh(NamedTuple):
    """A look for a newer program: the keys that a read has to bring along for it, and when it began."""

    brand_id: str
    began_at: float
    keys: list[keys.Key]


class _Superseded(Exception):
    """A newer program has been published meanwhile."""


_known: OrderedDict[str, _KnownProgram] = OrderedDict()


def begin_refresh(brand_id: str) -> Refresh:
    """What the next read has to bring along: nothing in most calls, once a second the brand's item."""
    now, known = time.time(), _known.get(brand_id)
    if known is None:
        return Refresh(brand_id, now, [keys.brand(brand_id)])
    wanted: list[keys.Key] = []
    checked_at = known.checked_at
    if known.newer:
        pointer, checked_at = known.newer
        wanted += _chunk_keys(brand_id, pointer)
    # If the machine's clock was set back, the age is negative and says nothing, so the brand is read.
    return Refresh(brand_id, now, wanted if 0 <= now - checked_at < _CHECK_AFTER else [keys.brand(brand_id), *wanted])


def finish_refresh(refresh: Refresh, items: Mapping[keys.Key, Item], *, repair: bool = False) -> Program:
    """The program to decide by, given the items that were read for it. Raises BrandNotFoundError.

    With `repair`, for functions that may write, a version that its writer has not published is published now.
    """
    brand_id, began_at, wanted = refresh
    known = _known.get(brand_id)
    if known and known.newer:
        known = _advance(brand_id, known, *known.newer, items, began_at)
    if keys.brand(brand_id) in wanted:
        pointer = _pointer_in(items, brand_id)
        if repair and _needs_repair(pointer, began_at):
            known = _repair(brand_id) or known
        known = _advance(brand_id, known, pointer, began_at, items, began_at)
    if known is None:  # it was known when the refresh began, and another thread has made room for other brands since
        return load_program(brand_id)
    _remember(brand_id, known)
    return known.program


def load_program(brand_id: str) -> Program:
    """The program to decide by, for those who have nothing else to read. Raises BrandNotFoundError."""
    refresh = begin_refresh(brand_id)
    return finish_refresh(refresh, get_many(refresh.keys) if refresh.keys else {})


def last_program(brand_id: str) -> Program | None:
    """The program of the brand that this process used last."""
    known = _known.get(brand_id)
    return known.program if known else None


def create_brand(brand: Brand) -> bool:
    """Store a new brand. Returns False, and changes nothing, if the brand exists."""
    item: Item = {"version": brand.rules_version, "changed_at": _millis(), "document": BRAND.pack(brand)}
    try:
        transact(put(keys.brand(brand.brand_id), item, "attribute_not_exists(pk)", WriteConflict()))
    except WriteConflict:
        return False
    publish(brand.brand_id)
    return True


def commit(brand: Brand, author: Author, edits: Sequence[Edit | None]) -> None:
    """Make changes of settings in one transaction, as the next version of the brand, and publish it.

    Edits that are None change nothing. WriteConflict if the brand has another version than the one that was read, as
    changes were checked against what that version had.
    """
    real = [edit for edit in edits if edit]
    if real:
        version = brand.rules_version + 1
        audit = (
            audit_write(brand.brand_id, AuditRecord(version, i, edit.change, author)) for i, edit in enumerate(real)
        )
        transact(_version_write(brand, real), *audit, *(one for edit in real for one in edit.writes))
    # Also if nothing has changed: what an earlier call stored, and failed to publish, is published by its retry.
    publish(brand.brand_id)


def write_count(edits: Sequence[Edit | None]) -> int:
    """How many writes a commit of these edits takes."""
    return 1 + sum(1 + len(edit.writes) for edit in edits if edit)


@retry_on_conflict
def publish(brand_id: str) -> None:
    """Publish a program of the brand's present version, unless there is one. Raises BrandNotFoundError."""
    began_at = time.time()
    item = get(keys.brand(brand_id))
    items = {keys.brand(brand_id): item} if item else {}
    pointer = _pointer_in(items, brand_id)
    if pointer.published == pointer.version and not _ends_soon(pointer, began_at):
        return
    program = _next_program(brand_id, pointer)
    # The parts first, then the pointer: a failure between them leaves parts that nobody reads, until their TTL.
    program_id = f"{program.brand.rules_version}.{ids.random_id()}"
    ends_at = int(began_at + keys.PROGRAMS_KEPT.total_seconds())
    chunks = _chunks(_pack(program))
    writes = (
        put(keys.program_chunk(brand_id, program_id, i), {"document": chunk, "ttl": ends_at})
        for i, chunk in enumerate(chunks)
    )
    transact_in_parts(writes, max(1, min(_CHUNKS_PER_WRITE, _WRITE_BYTES // len(chunks[0]))))
    point = update(
        keys.brand(brand_id),
        "SET #published = :published, #program_id = :program_id, #chunks = :chunks, #ends_at = :ends_at",
        "attribute_not_exists(#published) OR #published < :published OR #program_id = :program_before",
        _Superseded(),
        published=program.brand.rules_version,
        program_id=program_id,
        chunks=len(chunks),
        ends_at=ends_at,
        program_before=pointer.program_id or "",
    )
    try:
        write(point)
    except _Superseded:  # by a program that includes this one, or by this one, if the answer to a write was lost
        return
    _remember(brand_id, _KnownProgram(program, began_at))


def _remember(brand_id: str, known: _KnownProgram) -> None:
    before = _known.get(brand_id)
    if before is None or before.program.brand.rules_version <= known.program.brand.rules_version:
        _known[brand_id] = known
    _known.move_to_end(brand_id)
    if len(_known) > _MAX_BRANDS_KNOWN:
        _known.popitem(last=False)


def _advance(
    brand_id: str,
    known: _KnownProgram | None,
    pointer: _Pointer,
    read_at: float,
    items: Mapping[keys.Key, Item],
    now: float,
) -> _KnownProgram:
    """What is known after the brand's item was read with that pointer; the parts may be among the items."""
    if known and pointer.program_id is not None and pointer.published <= known.program.brand.rules_version:
        return known._replace(checked_at=max(read_at, known.checked_at), newer=None)
    program = _read(brand_id, pointer, items)
    if program is None:
        if known and 0 <= now - known.checked_at < _MAX_AGE:
            return known._replace(newer=(pointer, read_at))
        program = _read(brand_id, pointer, get_many(_chunk_keys(brand_id, pointer))) or _build(brand_id)
    return _KnownProgram(program, read_at)


def _repair(brand_id: str) -> _KnownProgram | None:
    """Publish what its writer has not; what is known then. A store that is busy keeps no event from its program."""
    try:
        publish(brand_id)
    except (ServiceUnavailable, WriteConflict):
        return None
    return _known.get(brand_id)


def _needs_repair(pointer: _Pointer, now: float) -> bool:
    unpublished = pointer.published < pointer.version and not 0 <= now - pointer.changed_at < _REPAIR_AFTER
    return unpublished or pointer.program_id is None or _ends_soon(pointer, now)


def _ends_soon(pointer: _Pointer, now: float) -> bool:
    return now > pointer.ends_at - keys.PROGRAMS_KEPT.total_seconds() / 2


def _next_program(brand_id: str, pointer: _Pointer) -> Program:
    """The program of the pointer's version: the one published before with the changes since, or made anew."""
    known = _known.get(brand_id)
    if known and known.program.brand.rules_version == pointer.published:
        program: Program | None = known.program
    else:
        program = _read(brand_id, pointer, get_many(_chunk_keys(brand_id, pointer)))
    if program is None or pointer.version - pointer.published > _MAX_CHANGES_APPLIED:
        return _build(brand_id)
    records = [one for one in iter_audit(brand_id, pointer.published) if one.version <= pointer.version]
    if {one.version for one in records} != set(range(pointer.published + 1, pointer.version + 1)):
        return _build(brand_id)  # a release before this one has changed something: it writes no audit
    for record in records:
        program = _changed(program, record.change)
    return program._replace(brand=program.brand._replace(rules_version=pointer.version))


def _build(brand_id: str) -> Program:
    """A program made of the single items; they are read again until the version is the same before and after."""
    backoff = Backoff()
    while True:
        brand = load_brand(brand_id)
        program = Program(brand, load_catalog(brand_id), load_stored_campaigns(brand_id))
        if load_brand(brand_id).rules_version == brand.rules_version:
            return program
        backoff.wait()


def _changed(program: Program, change: SettingsChange) -> Program:
    """The program after a change."""
    brand, (rewards, config_offers), campaigns = program
    after = change.after
    match change.kind:
        case Kind.BRAND if after is not None:
            brand = decode(Brand, after)
        case Kind.REWARD:
            rewards = _with(rewards, change.id, None if after is None else decode(Reward, after))
        case Kind.CONFIG_OFFER:
            config_offers = _with(config_offers, change.id, None if after is None else decode(ConfigOffer, after))
        case Kind.CAMPAIGN:
            text = None if after is None else json.dumps(after)
            stored = StoredCampaign(text, change.since_version, change.all_shards) if text else None
            campaigns = _with(campaigns, change.id, stored)
    return Program(brand, Catalog(rewards, config_offers), campaigns)


def _with[T](some: Mapping[str, T], id_: str, value: T | None) -> dict[str, T]:
    others = {name: one for name, one in some.items() if name != id_}
    return others if value is None else {**others, id_: value}


def _version_write(brand: Brand, edits: Sequence[Edit]) -> Write:
    """The next version of the brand, if it still has the one that was read, with its new settings if they change."""
    expression = "SET #version = :next_version, #changed_at = :changed_at"
    values: Item = {"next_version": brand.rules_version + 1, "changed_at": _millis()}
    documents = [
        BRAND.pack(decode(Brand, edit.change.after))
        for edit in edits
        if edit.change.kind is Kind.BRAND and edit.change.after is not None
    ]
    for document in documents:
        expression += ", #document = :document"
        values["document"] = document
    key = keys.brand(brand.brand_id)
    return update(key, expression, "#version = :version", WriteConflict(), version=brand.rules_version, **values)


def _pointer_in(items: Mapping[keys.Key, Item], brand_id: str) -> _Pointer:
    item = items.get(keys.brand(brand_id))
    if item is None:
        raise BrandNotFoundError("this brand has not been set up")
    return _Pointer(
        integer_in(item, "version"),
        integer_in(item, "changed_at") / 1000,
        str(item["program_id"]) if "program_id" in item else None,
        integer_in(item, "published", -1),
        integer_in(item, "chunks"),
        integer_in(item, "ends_at"),
    )


def _chunk_keys(brand_id: str, pointer: _Pointer) -> list[keys.Key]:
    return [keys.program_chunk(brand_id, pointer.program_id or "", i) for i in range(pointer.chunks)]


def _chunks(packed: str | bytes) -> list[str | bytes]:
    return [packed[start : start + _CHUNK_BYTES] for start in range(0, len(packed), _CHUNK_BYTES)]


def _read(brand_id: str, pointer: _Pointer, items: Mapping[keys.Key, Item]) -> Program | None:
    """The program of a pointer, if all its parts are among the items."""
    places = _chunk_keys(brand_id, pointer)
    if not places or not all(place in items for place in places):
        return None
    parts = [items[place]["document"] for place in places]
    document = unpack(parts[0] if len(parts) == 1 else b"".join(part for part in parts if isinstance(part, bytes)))
    rewards = (decode(Reward, one) for one in document["rewards"])
    config_offers = (decode(ConfigOffer, one) for one in document["config_offers"])
    campaigns = {id_: decode(StoredCampaign, one) for id_, one in document["campaigns"].items()}
    catalog = Catalog({one.reward_id: one for one in rewards}, {one.config_id: one for one in config_offers})
    return Program(decode(Brand, document["brand"]), catalog, campaigns)


def _pack(program: Program) -> str | bytes:
    return pack(
        {
            "brand": encode(program.brand),
            "rewards": [encode(one) for one in program.catalog.rewards.values()],
            "config_offers": [encode(one) for one in program.catalog.config_offers.values()],
            "campaigns": {id_: encode(one) for id_, one in program.campaigns.items()},
        }
    )


def _millis() -> int:
    return int(time.time() * 1000)
