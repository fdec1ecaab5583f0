"""Tests of training: small, on made-up moves."""
