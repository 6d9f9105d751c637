"""Signature places on scans and photographs, by reading the picture (extra `ocr`)."""
