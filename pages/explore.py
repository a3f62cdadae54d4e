"""Explore: what networks see in one photo, and what is in a data set and broken in it."""

from pages.components import looks, one_photo, scan_form, shell, workbench

shell.enter()
if looks.is_photo():
    one_photo.show()
else:
    workbench.show(
        "What to look through",
        scan_form.show,
        button="Look through it",
        look_for=(
            "**What to look for:** files that are no pictures, the same photo twice, and one class "
            "that is much larger than another. A network learns all of that too. **Ask yourself:** "
            "how often would a network be right that always says the largest class?"
        ),
    )
