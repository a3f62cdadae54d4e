"""Synthesize: grow the ideal picture of a class, live."""

from pages.components import form, shell, workbench

shell.enter()
workbench.show(
    "What to grow",
    form.show,
    button="Grow the image",
    look_for=(
        "**What to look for:** the recipe Lesson ends in noise that convinces only this network; "
        "variation loss turns it into patterns, and Natural into something that you recognise "
        "yourself. **Ask yourself:** which part of the target comes first, and do other networks "
        "agree?"
    ),
)
