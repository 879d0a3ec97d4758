"""The screens that stand over the places: full screen, help, questions."""
