//! Sweeps, leases, deadlines and purges
