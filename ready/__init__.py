"""What scripts/make_ready.py has made beforehand; without it all works, only slower."""
