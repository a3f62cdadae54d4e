"""Attack: change a photo until a network takes it for something else, with an honest verdict."""

from pages.components import fool_form, shell, workbench

shell.enter()
workbench.show(
    "What to fool",
    fool_form.show,
    button="Fool it",
    look_for=(
        "**What to look for:** nothing, at first: below 4 of 255 levels hardly anybody sees the "
        "change, and the network is sure of the wrong class. Drag from before to after, and look "
        "at the change alone. **Ask yourself:** is another network fooled by it, and does the "
        "trick survive a JPEG?"
    ),
)
