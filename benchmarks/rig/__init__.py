"""What benchmarks are made of: interviews to send, a server to send them to, the load, and the raw limits."""
