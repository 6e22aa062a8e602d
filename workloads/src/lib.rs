//! What clients do: seeded generators, the outcome table, and the recording adapter round the official client.
