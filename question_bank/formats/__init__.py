"""Formats that items are read from and written to, and the problems their readers report."""
