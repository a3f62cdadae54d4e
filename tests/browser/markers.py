"""What the browser tests look for in the app's pages: the one place that knows names of theirs."""

HOME_BUTTON = "Grow an ideal cat"
"""Label of Home's button to a first ideal image."""

FINISHED = '[data-state="finished"]'
"""Selector of the sign that the run on the page is done."""

PICTURE = ".picture .stage img:visible"
"""Selector of the large picture of the run."""

STREAMLIT_ERROR = '[data-testid="stException"]'
"""Streamlit's box for an exception that nobody caught."""

RUNNING = '[data-state="running"]'
PAUSED = '[data-state="paused"]'
STOPPED = '[data-state="stopped"]'
"""The same sign in other states."""

CURVES = ".tl-curves .plot[data-last-step]"
"""The drawn curves; `data-last-step`, `data-points` and `data-marks` tell what they show."""

STEERING = ".st-key-steering"
"""The sliders that act while a run goes on; the form's stay for a moment beside them."""

VARIATION_SLIDER = "Variation loss"
"""Label of the slider that steers total variation."""
