"""Home: one button to a first ideal cat, who is at work, what grew here, and a photo's top-5."""

import streamlit as st

from pages.components import gallery, launch, session, shell, traffic, your_photo

shell.enter()
st.title("What does a network see when it thinks of a cat?")
st.write(
    "A pretrained network has looked at a million photos. Turn it around: start from noise and "
    "change the picture, step by step, until the network is sure it sees a Siamese cat."
)
with st.container(horizontal=True, vertical_alignment="center"):
    if st.button("Grow an ideal cat", type="primary", icon=":material/pets:", key="grow_cat"):
        launch.start_default()
    st.page_link("pages/synthesize.py", label="Choose another target", icon=":material/tune:")
    st.page_link("pages/attack.py", label="Fool a network", icon=":material/theater_comedy:")
launch.note()
traffic.show()

st.subheader("Recent pictures")
gallery.show(session.link().store.runs(limit=12))

your_photo.show()

st.subheader("What the lab can do")
st.markdown(
    "- **Synthesize** grows the ideal picture of any of 1,000 classes, or of one channel inside "
    "the network, live: move the variation-loss slider while it grows.\n"
    "- **Attack** changes a photo, by less than anybody sees, until the network takes a dog for a "
    "cat, and judges the picture as it was saved.\n"
    "- **Explore** shows what several networks see in one photo, layer by layer and place by "
    "place. It looks through a folder of photos, shows it as a map in a network's eyes, who is "
    "like whom, and what is left of that in images of a totally different kind.\n"
    "- **Compare** sets two pictures beside each other, moves both through time with one slider, "
    "and names the settings that differ.\n"
    "- **Runs** keeps everything that was grown here: open it again, resume it, or take it home."
)
