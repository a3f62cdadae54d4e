"""The verdict on an attack, on the picture as it was saved and read back, and on nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from pages.components import bars, keep, words
from tfcore.store.records import Run

_HARDLY_SEEN_DB = 40
"""Above this peak signal-to-noise ratio hardly anybody sees a difference."""


def seen_as(run: Run, which: str) -> str:
    """The likeliest class of ``source_top5`` or ``top5`` with its probability."""
    best = run.summary[which][0]
    return f"{best['name']} {words.percent(best['probability'])}".replace(" %", "\u00a0%")


def card(run: Run) -> None:
    """Whether it fooled, what was seen before and after, and how large the change is."""
    summary = run.summary
    (st.success if summary["success_png"] else st.warning)(
        headline(summary),
        icon=":material/theater_comedy:" if summary["success_png"] else ":material/shield:",
    )
    before, after, figures = st.columns(3, gap="medium")
    with before:
        bars.show("bars.before", _bars(summary, "source_top5"), title="Before it saw")
    with after:
        bars.show("bars", _bars(summary, "top5"), title="Now it sees")
    with figures:
        st.table(
            {"The change": list(sizes(summary)), "is": list(sizes(summary).values())},
            border="horizontal",
            hide_index=True,
        )
    if "tries" in summary:
        words.note(_tries(summary["tries"]))


def headline(summary: Mapping[str, Any]) -> str:
    """The verdict in a sentence or two.

    Example:
        >>> headline({"success_png": False, "target": "zebra", "target_index": 340,
        ...     "source": "tabby", "top5": [{"name": "tabby", "probability": 0.9}],
        ...     "was_fooled": False, "smallest_epsilon_255": None})[:14]
        '**Not fooled.*'
    """
    best = summary["top5"][0]
    seen = f"**{words.inline(best['name'])}** ({words.percent(best['probability'])})"
    source = words.inline(summary["source"])
    if summary["was_fooled"]:
        if summary["target_index"] is None:
            return f"**It was wrong before.** The photo shows {source}; it sees {seen}."
        return f"**It said so before.** The unchanged photo is taken for {seen} already."
    if summary["success_png"]:
        least = summary.get("smallest_epsilon_255")
        enough = f" A budget of {least:g}/255 is enough." if least else ""
        unseen = " Hardly anybody sees the change." if is_unseen(summary) else ""
        what = f"The photo shows {source}; what was saved of it is seen as {seen}."
        return f"**Fooled.** {what}{unseen}{enough}"
    return (
        f"**Not fooled.** The saved picture is {seen}. Try a larger budget, more steps, or another "
        "method; that this attack failed does not prove that no other succeeds."
    )


def is_unseen(summary: Mapping[str, Any]) -> bool:
    """Whether a change is too small for most eyes."""
    return summary["psnr"] is None or bool(summary["psnr"] >= _HARDLY_SEEN_DB)


def sizes(summary: Mapping[str, Any]) -> dict[str, str]:
    """What was changed and by how much, each with its unit."""
    psnr = summary["psnr"]
    return {
        "Largest of a value (L∞)": f"{summary['linf_255']:g} / 255",
        "Root mean square": f"{summary['l2_255']:.2f} / 255",
        "L2, values from 0 to 1": f"{summary['l2']:.3f}",
        "PSNR (above 40: hardly seen)": "no change" if psnr is None else f"{psnr:.1f} dB",
        "SSIM (1: the same)": f"{summary['ssim']:.4f}",
        "Pixels that changed": words.percent(summary["changed_pixels"]),
        "Steps": f"{summary['steps']:,}" if "steps" in summary else "—",
    }


def survival(run: Run) -> None:
    """What is left of the trick after what every picture meets on its way."""
    rows: Mapping[str, Mapping[str, Any]] = run.summary.get("survives", {})
    if not rows:
        return
    st.markdown(
        "**Does the trick survive?**",
        help="Pictures are sent as JPEG, cut and scaled. A trick that does not survive this works "
        "only on this very file.",
    )
    st.table(
        {
            "The saved picture": list(rows),
            "still fools": ["yes" if row["success"] else "no" for row in rows.values()],
            "is seen as": [words.inline(row["top1"]) for row in rows.values()],
        },
        border="horizontal",
        hide_index=True,
    )


def others(run: Run) -> None:
    """What other networks see: the lesson says that they are not fooled."""
    opinions: Mapping[str, Mapping[str, Any]] = run.summary.get("second_opinion", {})
    if not opinions and run.is_settled:
        keep.nobody(run)
        return
    st.markdown(
        "**What other networks see in it**",
        help="A change made for one network seldom fools another: methods with momentum, several "
        "networks at once and larger budgets do so more often.",
    )
    lines = []
    for name, verdict in opinions.items():
        best = words.class_seen(name, verdict["top5"][0])
        lines.append(f"- {words.network(name)}: {best}")
    if not run.is_settled:
        lines.append(f"- {keep.coming()}")
    st.markdown("\n".join(lines))


def compare(run: Run, captions: Sequence[str]) -> None:
    """The verdicts of a what-if attack side by side, and what the lesson's picture left unsaid.

    Args:
        run: The run.
        captions: What each of its pictures is called.
    """
    cells: list[Mapping[str, Any]] = run.summary.get("cells", [])
    if not cells:
        return
    st.markdown("**The verdict, on each picture as it was saved**")
    st.table(
        {
            "Picture": list(captions),
            "fooled": ["yes" if cell["success_png"] else "no" for cell in cells],
            "seen as": [words.best_class(cell["top5"]) for cell in cells],
            "largest change": [f"{cell['linf_255']:g} / 255" for cell in cells],
            "PSNR": ["—" if c["psnr"] is None else f"{c['psnr']:.1f} dB" for c in cells],
            "survives JPEG 75": [
                "yes" if cell["survives"]["JPEG 75"]["success"] else "no" for cell in cells
            ],
        },
        border="horizontal",
        hide_index=True,
    )
    said = lesson_told(cells)
    if said:
        st.info(said, icon=":material/school:")


def lesson_told(cells: list[Mapping[str, Any]]) -> str:
    """What the lesson's picture did not show, in two sentences; empty without the lesson's way."""
    lesson = next((cell for cell in cells if cell["method"] == "lesson"), None)
    mended = next((cell for cell in cells if cell["method"] == "pgd"), None)
    if lesson is None or mended is None:
        return ""
    first = (
        "The lesson shows its network raw values from 0 to 1 without the preprocessing it was "
        f"trained with, and nothing limits the change: one value moved by {lesson['linf_255']:g} "
        f"of 255 levels ({_loudness(lesson)}), and the saved picture is "
        f"{words.best_class(lesson['top5'])}."
    )
    verb = "fools the network" if mended["success_png"] else "does not fool the network"
    second = (
        f"Mended, the network sees the photo as it was trained to, every value stays within "
        f"{mended['linf_255']:g} of 255 levels ({_loudness(mended)}), and the saved "
        f"picture {verb}: {words.best_class(mended['top5'])}."
    )
    return f"{first} {second}"


def _loudness(cell: Mapping[str, Any]) -> str:
    """How loud a change is beside its photo."""
    return "no change at all" if cell["psnr"] is None else f"PSNR {cell['psnr']:.0f} dB"


def _bars(summary: Mapping[str, Any], which: str) -> list[bars.Bar]:
    return [
        bars.Bar(row["name"], row["probability"], highlight=row["index"] == summary["target_index"])
        for row in summary[which]
    ]


def _tries(tries: list[Mapping[str, Any]]) -> str:
    """Every budget that was tried, in order."""
    said = [
        f"{row['epsilon_255']:.3g} {'fooled' if row['success_png'] else 'did not'}" for row in tries
    ]
    return f"Budgets tried, in levels of 255: {', '.join(said)}."
