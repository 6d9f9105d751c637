"""What others hold of a desk's log: witness cosignatures and timestamps, asked for and checked."""
