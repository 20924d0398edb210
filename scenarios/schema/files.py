"""Tables in files."""

from __future__ import annotations

from pathlib import PurePath
from typing import Annotated, Any

from pydantic import model_validator

from scenarios.fields import TEXT, Reader, fault
from scenarios.schema.base import Part
from scenarios.values import ValueFault

SUFFIXES = (".csv", ".parquet", ".jsonl")


def data_file(text: str) -> str:
    """A path to a table that can be read."""
    suffix = PurePath(text).suffix.casefold()
    if suffix in SUFFIXES:
        return text
    if suffix in (".xls", ".xlsx", ".xlsm", ".ods"):
        raise ValueFault(
            "a .csv, .parquet or .jsonl file", message="workbooks are not read: save the sheet as CSV"
        )
    raise ValueFault("a .csv, .parquet or .jsonl file", message="a file of a kind that is not read")


DataFile = Annotated[str, Reader("file (.csv, .parquet, .jsonl)", data_file, TEXT)]
ColumnName = Annotated[str, Reader("column name", str, TEXT)]


class Columns(Part):
    """Which column holds what, where the file does not use our names: `{sku: ITEM_NBR}`."""

    @model_validator(mode="before")
    @classmethod
    def _check_map(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            raise fault("not a map of columns", expected="our name: the file's name")
        return data

    def mapping(self) -> dict[str, str]:
        """From our names to the file's, only where given."""
        fields = type(self).model_fields
        return {fields[key].alias or key: value for key, value in self.__dict__.items() if value is not None}
