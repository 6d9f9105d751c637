"""SQL and disk: the only package that knows either. `open_desk` wires them to the core."""
