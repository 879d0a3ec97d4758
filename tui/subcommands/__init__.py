"""The subcommands of the command line, one module each, with `arguments(parser, env)` and `run(given, config, env)`."""
