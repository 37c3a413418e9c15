"""Virtual to-do lists."""

from dataclasses import replace
from typing import override

from homeassistant.components.todo import (
    TodoItem,
    TodoItemStatus,
    TodoListEntity,
    TodoListEntityFeature,
)
from homeassistant.util.uuid import random_uuid_hex

from playground.house import Device

from .entity import Description, VirtualEntity, platform
from .times import moment


class VirtualTodoList(VirtualEntity, TodoListEntity):
    """A list that begins with the items of the file."""

    description = Description(
        base=TodoListEntityFeature.CREATE_TODO_ITEM
        | TodoListEntityFeature.UPDATE_TODO_ITEM
        | TodoListEntityFeature.DELETE_TODO_ITEM
        | TodoListEntityFeature.SET_DUE_DATE_ON_ITEM
        | TodoListEntityFeature.SET_DUE_DATETIME_ON_ITEM
        | TodoListEntityFeature.SET_DESCRIPTION_ON_ITEM
    )

    def __init__(self, device: Device) -> None:
        """Take the items of the file."""
        super().__init__(device)
        self._attr_todo_items = [
            TodoItem(
                uid=random_uuid_hex(),
                summary=item["summary"],
                status=TodoItemStatus.COMPLETED
                if item.get("done")
                else TodoItemStatus.NEEDS_ACTION,
                due=moment(item["due"]) if "due" in item else None,
            )
            for item in device.attributes.get("items", ())
        ]

    @override
    async def async_create_todo_item(self, item: TodoItem) -> None:
        """Add an item at the end."""
        added = replace(item, uid=random_uuid_hex())
        self.become(todo_items=[*self._items, added])

    @override
    async def async_update_todo_item(self, item: TodoItem) -> None:
        """Change an item."""
        self.become(todo_items=[item if old.uid == item.uid else old for old in self._items])

    @override
    async def async_delete_todo_items(self, uids: list[str]) -> None:
        """Take items off the list."""
        self.become(todo_items=[item for item in self._items if item.uid not in uids])

    @property
    def _items(self) -> list[TodoItem]:
        return self.todo_items or []


async_setup_entry = platform("todo", VirtualTodoList)
