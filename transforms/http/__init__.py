"""The web side: policy, address guard, client, robots.txt and per-host politeness."""
