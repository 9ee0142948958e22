"""From a stored payload back to the item it describes, for every kind alike."""

from collections.abc import Mapping
from typing import Any


class InvalidPayload(ValueError):
    """A payload is no item: an unknown kind, a field missing, or a key that cannot be graded."""


def rebuilt(payload: Mapping[str, Any], kinds: Mapping[str, Any]) -> Any:
    """Build the item that `to_payload` described, of one of these kinds. Raises InvalidPayload."""
    kind = payload.get("kind")
    if not isinstance(kind, str) or kind not in kinds:
        raise InvalidPayload(f"unknown kind of item: {kind!r}")
    try:
        item = kinds[kind].from_payload(payload)
    except InvalidPayload:
        raise
    except KeyError as missing:
        raise InvalidPayload(f"a field is missing: {missing}") from missing
    except (TypeError, ValueError, AttributeError) as wrong:
        raise InvalidPayload(str(wrong)) from wrong
    if unknown := payload.keys() - item.to_payload().keys():
        raise InvalidPayload(f"unknown fields: {', '.join(sorted(unknown))}")
    return item
