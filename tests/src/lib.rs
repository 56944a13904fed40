//! Black-box suites over HTTP
