"""The form of a config offer as it is written: what a `PUT /config-offers/{id}` takes, strictly."""

from loyalty.domain.shapes import Shape, flag, mapping, record, text

CONFIG_OFFER = Shape(record({"name": text()}, {"benefits": mapping(), "active": flag()}, closed=True))
