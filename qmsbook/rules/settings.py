"""What qmsbook.toml says of a company's own rules."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class RulesPart(BaseModel):
    """The part [rules] of qmsbook.toml."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    files: list[str] = Field([], description="Python files beside the workbook with rules of your own.")
