"""What leaves the desk and verifies itself: packages, proofs, the published log, and their check.

Making needs an open desk; checking (`checking.check_package`) needs nothing but the package.
"""
