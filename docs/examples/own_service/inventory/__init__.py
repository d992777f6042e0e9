"""Clients of the inventory, for threads and for asyncio."""

from inventory.client import (
    AsyncInventoryClient,
    InventoryClient,
    InventoryError,
    Item,
    ItemList,
)

__all__ = [
    "AsyncInventoryClient",
    "InventoryClient",
    "InventoryError",
    "Item",
    "ItemList",
]
