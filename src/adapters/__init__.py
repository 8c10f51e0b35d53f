"""What stands behind the ports: one folder a technology."""
