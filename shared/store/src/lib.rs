//! Ports to tables, objects and queues, and their AWS adapters
