"""Train: teach a network classes of one's own, and see what it has understood."""

from pages.components import shell, teach_form, workbench

shell.enter()
workbench.show(
    "What to teach",
    teach_form.show,
    button="Teach it",
    look_for=(
        "**What to look for:** the mistakes it is surest of. Some are wrong labels, some show two "
        "things at once, and some tell what it really looks at. **Ask yourself:** how many photos "
        "would have been enough?"
    ),
    empty=teach_form.empty,
)
