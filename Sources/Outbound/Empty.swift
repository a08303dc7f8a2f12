// Requests of nodes to other servers: address policy, redirects, limits.
