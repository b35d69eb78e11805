"""What has happened to seats since they were confirmed, and seats that the service releases itself; no routes."""
