"""All of Textual: the command table, the screens, the widgets."""
