"""Every class with its figures, folded away; the hardest first."""

from __future__ import annotations

import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from tfcore.evaluation import Side


def show(names: list[str], side: Side) -> None:
    """Draw the table.

    Args:
        names: Names of the classes, as people read them.
        side: The figures of one part of the photos.
    """
    rows = sorted(zip(names, side.per_class, strict=True), key=lambda pair: pair[1].f1)
    with st.expander(f"Every class, the hardest first: {len(rows)}", icon=":material/table_rows:"):
        st.dataframe(
            {
                "Class": [name for name, _ in rows],
                "Photos": [one.n for _, one in rows],
                "Found": [one.recall for _, one in rows],
                "Right": [one.precision for _, one in rows],
                "Both": [one.f1 for _, one in rows],
            },
            column_config={
                "Found": _share("Of its photos, the share that was found (recall)"),
                "Right": _share("Of the photos taken for it, the share that is right (precision)"),
                "Both": _share("Both in one figure, nearer to the lower one (F1)"),
            },
            hide_index=True,
            height=min(38 * (len(rows) + 1), 460),
        )


def _share(meaning: str) -> ColumnConfig:
    return st.column_config.ProgressColumn(
        help=meaning, min_value=0.0, max_value=1.0, format="percent"
    )
