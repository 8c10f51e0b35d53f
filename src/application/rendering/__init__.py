"""Making, previewing and serving films."""
