//! Guest accounts and sessions
