"""Transfer Lab: see what a pretrained image network knows, dreams and falls for."""

from pages.components import shell

shell.run()
